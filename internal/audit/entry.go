package audit

import (
	"strconv"
	"strings"
	"time"

	"sessiond/internal/session"
)

// Action says what was done, or seen to have been done.
type Action string

// What people do through the daemon.
const (
	ActionAccept   Action = "accept"    // status accepted
	ActionHold     Action = "hold"      // status pending
	ActionSetEmail Action = "set-email" // the e-mail address, perhaps with the status
	ActionEdit     Action = "edit"      // any of these, refused before it was known which
	ActionDelete   Action = "delete"
	ActionRestore  Action = "restore" // from the trash
	ActionPurge    Action = "purge"   // from the trash, for good
	ActionOpen     Action = "open"
	ActionRefresh  Action = "refresh" // by somebody who may have many sessions removed
	ActionAdopt    Action = "adopt"   // what was published is what followers show, however much that removes
)

// What passes find, and what the daemon has to say of itself.
const (
	ActionStarted    Action = "started" // one line with the number of sessions, not one for each
	ActionUpdated    Action = "updated"
	ActionRemoved    Action = "removed"
	ActionAdmitted   Action = "admitted"
	ActionReappeared Action = "reappeared" // a deleted session's file was there again
	ActionRecovered  Action = "recovered"  // what an edit left that was not finished
	ActionLost       Action = "lost"       // Count lines could not be recorded
)

// Result says how far an action came.
type Result string

// The results of what people do through the daemon. Everything else has none.
const (
	ResultIntent  Result = "intent"  // about to be done
	ResultDone    Result = "done"    // Intent is the line that announced it
	ResultFailed  Result = "failed"  // the same, and Error says why
	ResultRefused Result = "refused" // not even tried: Error says why
)

// The ways by which changes reach sessions.
const (
	ViaSocket = "socket"
	ViaFile   = "file" // somebody changed the file, and a pass found it
	// ViaReplica is a daemon elsewhere that follows this one. It says who asked it.
	ViaReplica = "replica"
)

// Actor is who made a change.
type Actor struct {
	UID  *uint32 `json:"uid,omitempty"` // nil where it is not known
	User string  `json:"user,omitempty"`
	GID  *uint32 `json:"gid,omitempty"`
	PID  int32   `json:"pid,omitzero"`
	Via  string  `json:"via"`
	Node string  `json:"node,omitempty"` // the daemon by which it came, with ViaReplica
	// Claimed is what the client says of itself, as by which program the change was made, and
	// what a daemon elsewhere says of its user. Nobody has proved it.
	Claimed map[string]string `json:"claimed,omitempty"`
}

// identity tells one user from another: by number, on Windows by name, and elsewhere by
// node. All that nobody knows are one.
func (a *Actor) identity() string {
	switch {
	case a == nil:
		return ""
	case a.Node != "":
		return "node " + a.Node
	case a.UID != nil:
		return strconv.FormatUint(uint64(*a.UID), 10)
	}
	return a.User
}

// State is what an edit may change about a session.
type State struct {
	Status string `json:"status"`
	Email  string `json:"email,omitempty"`
}

// StateOf returns the state of a session, nil for none.
func StateOf(s *session.Session) *State {
	if s == nil {
		return nil
	}
	return &State{Status: s.Status(), Email: s.Email()}
}

// Entry is one line of the record.
type Entry struct {
	At  time.Time `json:"at"`  // set when the line is written
	Seq uint64    `json:"seq"` // grows by one with each line; set when it is written

	Actor  *Actor `json:"actor,omitempty"`
	Action Action `json:"action"`

	// Key names the session of an entry that is to be written; the line has it
	// shortened, as Session.
	Key     session.Key `json:"-"`
	Session string      `json:"session,omitempty"`
	Device  string      `json:"device,omitempty"` // its description, to go by

	Before *State `json:"before,omitempty"`
	After  *State `json:"after,omitempty"`
	// ETag is the digest of the file before the change.
	ETag string `json:"etag,omitempty"`
	// Reason is why: what the person gave, or invalid or deleted of a session that a
	// pass removed.
	Reason  string          `json:"reason,omitempty"`
	Trigger session.Trigger `json:"trigger,omitempty"` // of the pass that found it

	Intent uint64 `json:"intent,omitzero"` // Seq of the line that announced it
	Result Result `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`

	Count int `json:"count,omitzero"` // of sessions that started, of lines that were lost, of refusals

	digest Digest // of the file that a pass found; zero: it is gone
}

// maxText is how many bytes of a text that a session file, or somebody, gave are recorded:
// a file may have an e-mail address of a megabyte. An edit sets none that is longer, and
// with escape sequences a line stays below maxLine.
const maxText = 1024

// bound shortens what has too long texts. The entry shares none with the session then,
// which it would keep in memory while it waits to be written.
func (e *Entry) bound() {
	for _, text := range []*string{&e.Device, &e.Reason, &e.Error} {
		*text = boundText(*text)
	}
	for _, state := range []**State{&e.Before, &e.After} {
		if *state != nil {
			*state = &State{Status: boundText((*state).Status), Email: boundText((*state).Email)}
		}
	}
}

func boundText(text string) string {
	if len(text) > maxText {
		return strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	return strings.Clone(text)
}

// header is the first line of every file.
type header struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
}

const (
	formatName    = "sessiond-audit"
	formatVersion = 1
)
