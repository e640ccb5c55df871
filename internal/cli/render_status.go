package cli

import (
	"fmt"

	"sessiond/internal/session"
)

// status writes a doctor's note: what runs, how it is, what hurts and since
// when, what to do about it.
func (p *page) status(s *session.Status) {
	p.line(strong.of("%s", words("sessiond", s.Version)),
		plain.of(", process %d, runs since %s", s.PID, p.since(s.StartedAt)))
	rows := [][]cell{
		{strong.of("Root"), plain.of("%s", s.Root)},
		{strong.of("Admission"), plain.of("%s", admission(s.Admit))},
		{strong.of("Watching"), watching(s.Watch)},
		{strong.of("Sessions"), p.memory(s)},
		{strong.of("Now"), now(s)},
	}
	if s.LastPass != nil {
		rows = append(rows, p.lastPass(s)...)
	}
	rows = append(rows, []cell{strong.of("Last success"), p.lastSuccess(s)})
	p.table(rows)
	p.complaints(s)
	p.hints(s.Hints)
}

// lastPass says what the last pass did that was no second look at what was
// unsettled, and what came of what it could not judge.
func (p *page) lastPass(s *session.Status) [][]cell {
	rows := [][]cell{
		{strong.of("Last pass"), plain.of("%s, %s", p.since(s.LastPass.StartedAt), passTold(s.LastPass))},
		{plain.of("(second looks aside)"), plain.of("%s", counts(s.LastPass))},
	}
	for _, reason := range []string{session.ReasonInMotion, session.ReasonUnreadable} {
		then, still := unsettledThen(s, reason)
		switch {
		case still > 0 && still < then:
			rows = append(rows, []cell{{}, warn.of("%s %s then, %s of them settled since", comma(then), reason, comma(then-still))})
		case still > 0:
			rows = append(rows, []cell{{}, warn.of("%s %s", comma(then), reason)})
		case then > 0:
			rows = append(rows, []cell{{}, plain.of("%s %s then, settled since", comma(then), reason)})
		}
	}
	return rows
}

// unsettledThen counts what the last pass left unsettled for a reason, and what
// of that has no verdict until now.
func unsettledThen(s *session.Status, reason string) (then, still int) {
	now := make(map[session.Key]bool, len(s.Unsettled))
	for _, u := range s.Unsettled {
		now[u.Session] = true
	}
	for _, u := range s.LastPass.Unsettled {
		if u.Reason != reason {
			continue
		}
		then++
		if now[u.Session] {
			still++
		}
	}
	return then, still
}

// complaints writes what is wrong now and since when.
func (p *page) complaints(s *session.Status) {
	if len(s.Errors) > 0 {
		p.title("Errors (%d)", len(s.Errors))
		for i := range s.Errors {
			p.line(problemCells(&s.Errors[i].Problem)...)
			p.line(plain.of("    since %s", p.since(s.Errors[i].Since)))
		}
	}
	if len(s.Unsettled) > 0 {
		p.title("Not judged yet, kept as they were (%d)", len(s.Unsettled))
		for _, u := range s.Unsettled {
			p.unsettled(u)
		}
	}
}

func (p *page) hints(hints []string) {
	if len(hints) == 0 {
		return
	}
	p.title("Hints")
	for _, hint := range hints {
		p.line(plain.of("- %s", hint))
	}
}

// memory says what is in memory and what is not.
func (p *page) memory(s *session.Status) cell {
	text := comma(s.Sessions) + " in memory"
	tone := plain
	if s.NotInMemory > 0 {
		text += ", " + count(s.NotInMemory, "valid file", "valid files") + " not in memory"
		tone = warn
	}
	if rejected := session.CountRejected(s.Errors); rejected > 0 {
		text += ", " + count(rejected, "file", "files") + " rejected"
		tone = bad
	}
	return tone.of("%s", text)
}

func (p *page) lastSuccess(s *session.Status) cell {
	if s.LastSuccess.IsZero() {
		return warn.of("never: no pass could judge all it looked at yet")
	}
	return plain.of("%s", p.since(s.LastSuccess))
}

func now(s *session.Status) cell {
	passes := count(int(s.Passes), "pass", "passes") //nolint:gosec // a daemon does not live for 2^63 passes
	if s.Busy {
		return warn.of("busy, after %s; revision %d", passes, s.Revision)
	}
	return good.of("at rest, after %s; revision %d", passes, s.Revision)
}

func watching(w session.Watch) cell {
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
