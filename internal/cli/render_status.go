package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// status writes a doctor's note: a verdict, what hurts with since when and what to
// do, and then all that was found.
func (p *page) status(s *api.Status) {
	issues := p.issues(s)
	verdict, more := p.verdict(s, issues)
	p.line(verdict)
	if more {
		p.line(plain.of("%s.", p.summary(s)))
	}
	for i := range issues {
		p.issue(&issues[i])
	}
	p.line()
	p.findings(s)
}

// verdict says in a sentence how the daemon is. Where more is true, the summary are
// not part of it.
func (p *page) verdict(s *api.Status, issues []issue) (_ cell, more bool) {
	var wrong, odd string
	for _, t := range issues {
		if t.grave {
			wrong += "; " + t.what
		} else {
			odd += "; " + t.what
		}
	}
	switch {
	case s.Passes == 0 && isFollower(s) && wrong != "":
		return bad.of("Not ready: %s", fullStop(wrong[2:]+odd)), false
	case s.Passes == 0 && isFollower(s):
		return warn.of("Starting: nothing has come from the authority yet."), false
	case s.Passes == 0:
		return warn.of("Starting: the sessions are being loaded."), true
	case wrong != "":
		return bad.of("Degraded: %s", fullStop(wrong[2:]+odd)), true
	case odd != "":
		return warn.of("OK, but %s", fullStop(odd[2:])), true
	}
	return good.of("OK: %s.", p.summary(s)), false
}

// fullStop ends a sentence.
func fullStop(text string) string {
	if strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// summary are the figures that a person asks for first.
func (p *page) summary(s *api.Status) string {
	text := count(s.Sessions, "session", "sessions") + " in memory, "
	switch {
	case isFollower(s):
		return text + shownBy(s.Replica)
	case s.Watch.Mode == "events":
		text += "watching " + count(s.Watch.Watches, "folder", "folders")
	case s.Watch.Mode == "poll":
		text += "looking at everything at intervals"
	default:
		text += "not watching"
	}
	if s.LastPass != nil {
		text += ", last looked " + p.ago(s.LastPass.StartedAt)
	}
	return text
}

// ago is how long ago a moment was.
func (p *page) ago(t time.Time) string {
	text := humanize.RelTime(t, p.now, "ago", "from now")
	if text == "now" {
		return "just now"
	}
	return text
}

// findings are the rest of a note: what runs, how it is set up, what it did last.
func (p *page) findings(s *api.Status) {
	rows := [][]cell{
		{strong.of("Daemon"), plain.of("%s, process %d, runs since %s", words("sessiond", s.Version), s.PID, p.since(s.StartedAt))},
	}
	follows := isFollower(s)
	if follows {
		rows = append(rows, ofAuthority(s)...)
	} else {
		rows = append(rows, [][]cell{
			{strong.of("Root"), plain.of("%s", s.Root)},
			{strong.of("Admission"), plain.of("%s", admission(s.Admit))},
			{strong.of("Watching"), watching(s.Watch)},
		}...)
	}
	if s.Replica != nil {
		rows = append(rows, p.replicated(s.Replica)...)
	}
	if s.Notify != nil {
		rows = append(rows, p.following(s.Notify)...)
	}
	rows = append(rows, []cell{strong.of("Sessions"), memory(s)})
	if !follows {
		rows = append(rows, []cell{strong.of("Now"), now(s)})
	}
	if s.Licences != nil {
		rows = append(rows, []cell{strong.of("Licences"), licences(s.Licences)})
	}
	if c := s.Checks; c != nil {
		rows = append(rows, []cell{strong.of("Gateways"), gateways(c)})
	}
	if !s.SeenSince.IsZero() {
		rows = append(rows, []cell{strong.of("Last seen"), plain.of("collected since %s", p.since(s.SeenSince))})
	}
	if s.InMotion > 0 {
		rows = append(rows, []cell{strong.of("In motion"), warn.of("%s, kept in memory as before until they are whole", count(s.InMotion, "file", "files"))})
	}
	if s.ManyGone > 0 {
		rows = append(rows, []cell{strong.of("Held back"), warn.of("%s, kept in memory as before", count(s.ManyGone, "removal", "removals"))})
	}
	if follows {
		p.table(append(rows, p.lastChange(s)...))
		return
	}
	if s.LastPass != nil {
		rows = append(rows, p.lastPass(s)...)
	}
	rows = append(rows, []cell{strong.of("Last success"), p.lastSuccess(s)})
	p.table(rows)
}

// lastPass says what the last pass did that was no second check of what was
// unsettled, and what came of what it could not judge.
func (p *page) lastPass(s *api.Status) [][]cell {
	rows := [][]cell{
		{strong.of("Last pass"), plain.of("%s, %s", p.since(s.LastPass.StartedAt), passTold(s.LastPass))},
		{{}, plain.of("%s", countsWith(s.LastPass, 0))}, // the rows below say what was not judged
	}
	then := s.LastPass.UnsettledCounts
	for _, reason := range []struct {
		name      string
		then, now int
	}{
		{session.ReasonInMotion, then.InMotion, s.InMotion},
		{session.ReasonManyGone, then.ManyGone, s.ManyGone},
		{session.ReasonUnreadable, then.Unreadable, s.Unreadable},
	} {
		switch {
		case reason.then == 0:
		case reason.now == 0:
			rows = append(rows, []cell{{}, plain.of("%s; since judged", leftOpen(reason.name, reason.then))})
		default:
			rows = append(rows, []cell{{}, warn.of("%s, %s now", leftOpen(reason.name, reason.then), comma(reason.now))})
		}
	}
	return rows
}

// leftOpen says what a pass could not judge for a reason.
func leftOpen(reason string, n int) string {
	switch reason {
	case session.ReasonInMotion:
		return count(n, "was", "were") + " still being written"
	case session.ReasonManyGone:
		return count(n, "removal was", "removals were") + " held back"
	}
	return count(n, "was", "were") + " not readable"
}

// memory says what is in memory and what is not.
func memory(s *api.Status) cell {
	text := comma(s.Sessions) + " in memory"
	if s.Pending > 0 {
		text += ", " + comma(s.Pending) + " of them pending"
	}
	tone := plain
	if s.NotInMemory > 0 {
		text += ", " + count(s.NotInMemory, "valid file", "valid files") + " not in memory"
		tone = warn
	}
	if s.Rejected > 0 {
		text += ", " + count(s.Rejected, "file", "files") + " rejected"
		tone = bad
	}
	return tone.of("%s", text)
}

// licences says how many of them accepted sessions take.
func licences(l *api.Licences) cell {
	tone := plain
	if l.Accepted > l.Owned {
		tone = bad
	}
	return tone.of("%s accepted, %s", count(l.Accepted, "session", "sessions"), count(l.Owned, "licence", "licences"))
}

// gateways says what they were answered since the start.
func gateways(c *api.Checks) cell {
	tone := plain
	if c.Unavailable > 0 {
		tone = warn
	}
	requests := func(n uint64) string { return comma(int(n)) } //nolint:gosec // nobody sends 2^63 requests
	return tone.of("%s let through, %s refused, %s not decided", requests(c.Allowed), requests(c.Denied), requests(c.Unavailable))
}

func (p *page) lastSuccess(s *api.Status) cell {
	if s.LastSuccess.IsZero() {
		return warn.of("never: no pass could judge all it looked at yet")
	}
	return plain.of("%s", p.since(s.LastSuccess))
}

func now(s *api.Status) cell {
	passes := count(int(s.Passes), "pass", "passes") //nolint:gosec // a daemon does not live for 2^63 passes
	if s.Busy {
		return warn.of("busy, %s so far; revision %d", passes, s.Revision)
	}
	return good.of("idle, %s so far; revision %d", passes, s.Revision)
}

func watching(w api.Watch) cell {
	text := w.Mode
	if w.Mode == "events" {
		text += fmt.Sprintf(", %s watched", count(w.Watches, "folder", "folders"))
	}
	if !w.Degraded {
		return plain.of("%s", text)
	}
	return warn.of("%s, degraded: %s", text, w.Reason)
}

// admission says in words what the setting does.
func admission(admit string) string {
	switch admit {
	case "restore":
		return "restore (from files at start-up; later by open)"
	case "follow":
		return "follow (every valid file, at every pass)"
	}
	return admit
}
