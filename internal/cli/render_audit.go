package cli

import (
	"cmp"
	"fmt"

	"sessiond/internal/api"
)

// The results of an audit's line that the table tells apart.
const (
	resultIntent  = "intent"
	resultDone    = "done"
	resultFailed  = "failed"
	resultRefused = "refused"
)

// auditActions are the actions that the audit knows.
func auditActions() []string {
	return []string{
		"accept", "hold", "set-email", "edit", "delete", "restore", "purge", "open", "refresh", "adopt",
		"started", "updated", "removed", "admitted", "reappeared", "recovered", "lost",
	}
}

// audit writes lines of the audit, each to be read like a sentence: when, who, what.
func (p *page) audit(lines []api.AuditEntry) {
	rows := make([][]cell, len(lines))
	for i := range lines {
		e := &lines[i]
		name := e.Session
		if p.width > 0 {
			name = inApp(name)
		}
		rows[i] = []cell{
			plain.of("%s", p.tableMoment(e.At)), plain.of("%s", whoActed(e.Actor)), auditStyle(e).of("%s", whatWasDone(e)),
			plain.of("%s", orDash(name)), plain.of("%s", orDash(addressInAudit(e))), plain.of("%s", orDash(e.Device)),
			resultCell(e),
		}
	}
	p.grid([]column{
		{title: "TIME"},
		{title: "WHO", least: 6},
		{title: "WHAT", least: 14},
		{title: "SESSION", least: 8},
		{title: "E-MAIL", least: 12, drop: 1},
		{title: "DEVICE", least: 10, drop: 2},
		{title: "RESULT", least: 6},
	}, rows)
}

// whoActed names who made a change: nobody is known of one that a pass found.
func whoActed(a *api.Actor) string {
	switch {
	case a == nil:
		return "daemon"
	case a.Node != "":
		return claimedBy(a)
	case a.User != "":
		return a.User
	case a.UID != nil:
		return fmt.Sprintf("uid %d", *a.UID)
	case a.Via == "file":
		return "file"
	}
	return cmp.Or(a.Via, "unknown")
}

// claimedBy names a follower, which is known, and its user, of whom there is the follower's
// word only.
func claimedBy(a *api.Actor) string {
	user, uid := a.Claimed["user"], a.Claimed["uid"]
	switch {
	case user != "":
		user = "(claims " + user + ")"
	case uid != "":
		user = "(claims uid " + uid + ")"
	}
	return words("node "+a.Node, user)
}

// whatWasDone says in words what a line is about, with what changed and why.
func whatWasDone(e *api.AuditEntry) string {
	text := doneInWords(e)
	if e.Reason != "" {
		text += " (" + e.Reason + ")"
	}
	return text
}

func doneInWords(e *api.AuditEntry) string {
	switch e.Action {
	case "accept":
		return "accepted"
	case "hold":
		return "set to pending"
	case "set-email":
		return addressSet(e.After)
	case "edit":
		return "changed"
	case "delete":
		return "deleted"
	case "restore":
		return "restored"
	case "purge":
		return "erased from the trash"
	case "open":
		if e.Session == "" {
			return "opened several"
		}
		return "opened"
	case "refresh":
		return "asked for a pass"
	case "adopt":
		return "had followers take what there is"
	case "started":
		return "started with " + count(e.Count, "session", "sessions")
	case "updated":
		return "updated" + differences(e.Before, e.After)
	case "reappeared":
		return "was there again"
	case "recovered":
		return "recovered after a crash"
	case "lost":
		return count(e.Count, "line", "lines") + " not recorded"
	}
	return e.Action // such as removed and admitted
}

// differences says what a file says now and did not before.
func differences(before, after *api.State) string {
	if before == nil || after == nil {
		return ""
	}
	text := ""
	if before.Status != after.Status {
		text += ": " + before.Status + " → " + after.Status
	}
	if before.Email != after.Email {
		text += ", " + addressSet(after)
	}
	return text
}

// addressSet says which address was set, where that is known.
func addressSet(after *api.State) string {
	switch {
	case after == nil:
		return "e-mail changed"
	case after.Email == "":
		return "e-mail cleared"
	}
	return "e-mail set to " + after.Email
}

// addressInAudit is the address that a session had before a change, or has after it.
func addressInAudit(e *api.AuditEntry) string {
	for _, s := range []*api.State{e.Before, e.After} {
		if s != nil && s.Email != "" {
			return s.Email
		}
	}
	return ""
}

func auditStyle(e *api.AuditEntry) style {
	switch e.Action {
	case "delete", "removed", "purge", "lost":
		return warn
	}
	return plain
}

// resultCell says how a change ended, and nothing of what a pass found.
func resultCell(e *api.AuditEntry) cell {
	switch e.Result {
	case resultIntent:
		return warn.of("begun")
	case resultDone:
		return good.of("done")
	case resultFailed, resultRefused:
		text := e.Result
		if e.Error != "" {
			text += ": " + e.Error
		}
		if e.Count > 1 {
			text += fmt.Sprintf(" (%s times)", comma(e.Count))
		}
		return bad.of("%s", text)
	}
	return plain.of("%s", orDash(e.Result))
}
