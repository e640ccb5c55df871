package control

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/audit"
)

// audit answers GET /v1/audit.
func (s *Server) audit(w http.ResponseWriter, r *request) error {
	filter := audit.Filter{
		Session: r.query.Get("session"), App: r.query.Get("app"), Email: r.query.Get("email"), Action: audit.Action(r.query.Get("action")),
	}
	var err error
	if filter.Limit, err = parseLimit(r.query); err != nil {
		return err
	}
	if text := r.query.Get("since"); text != "" {
		if filter.Since, err = time.Parse(time.RFC3339, text); err != nil {
			return badQuery("since is %q; it may be a time such as 2026-11-22T18:00:00Z", text)
		}
	}
	if text := r.query.Get("cursor"); text != "" {
		if filter.Before, err = strconv.ParseUint(text, 10, 64); err != nil || filter.Before == 0 {
			return badQuery("cursor is not one that a page of the audit gave as next")
		}
	}
	page, err := s.admin.Audit(filter)
	if err != nil {
		return err
	}
	answer := api.AuditPage{Entries: make([]api.AuditEntry, len(page.Entries))}
	for i := range page.Entries {
		answer.Entries[i] = entryOf(&page.Entries[i])
	}
	if page.Next != 0 {
		answer.Next = strconv.FormatUint(page.Next, 10)
	}
	return s.replyLarge(w, r, len(answer.Entries)*errorBytes, answer)
}

// entryOf returns a line of the audit as it goes over the socket.
func entryOf(e *audit.Entry) api.AuditEntry {
	return api.AuditEntry{
		At: e.At, Seq: e.Seq, Actor: (*api.Actor)(e.Actor), Action: string(e.Action), Session: e.Session, Device: e.Device,
		Before: (*api.State)(e.Before), After: (*api.State)(e.After), ETag: e.ETag, Reason: e.Reason, Trigger: e.Trigger,
		Intent: e.Intent, Result: string(e.Result), Error: e.Error, Count: e.Count,
	}
}

// actor returns the caller as the audit has it.
func (c *caller) actor() audit.Actor {
	if c.forwarded != nil {
		return c.forwarded.actor()
	}
	a := audit.Actor{Via: audit.ViaSocket}
	peer := c.peer()
	if !peer.Known {
		return a
	}
	a.PID, a.User = int32(peer.PID), peer.User() //nolint:gosec // numbers that the system gave
	if peer.SID == "" {
		uid, gid := uint32(peer.UID), uint32(peer.GID) //nolint:gosec // likewise
		a.UID, a.GID = &uid, &gid
	}
	return a
}

// actorOf returns who makes a request, with what that one claims.
func actorOf(r *http.Request) audit.Actor {
	a := callerOf(r.Context()).actor()
	if name := r.Header.Get(api.HeaderClient); name != "" {
		if a.Claimed == nil {
			a.Claimed = make(map[string]string)
		}
		a.Claimed["client"] = claim(name)
	}
	return a
}

// maxClaim is how much of a claim is recorded, in bytes.
const maxClaim = 32

// claim returns what a client says of itself, short and of harmless characters.
func claim(text string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '?'
		}
		return c
	}, text[:min(len(text), maxClaim)])
}

// audited records what the handlers do not: that somebody was not allowed to do something,
// and that sessions were opened.
func (s *Server) audited(action audit.Action, r *http.Request, err error) {
	key, _ := keyOf(r) // none where the path names none
	by := actorOf(r)
	if err == nil {
		if action == audit.ActionOpen {
			s.admin.Opened(by, key)
		}
		return
	}
	switch p := problemOf(err); p.Type {
	case api.KindAdminOnly, api.KindWritingOff, api.KindNodeMayNotEdit:
		s.admin.Refused(by, action, key, p)
	default: // whoever makes the change records how it ended
	}
}
