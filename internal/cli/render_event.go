package cli

import (
	"fmt"

	"sessiond/internal/session"
)

// event writes one change, in one line. Its revision is for programs, which
// read JSON.
func (p *page) event(e *session.Event) {
	if p.width > 0 {
		p.shortEvent(e)
		return
	}
	email := ""
	if e.Email != "" {
		email = "  " + e.Email
	}
	p.line(
		plain.of("%s  ", e.At.In(p.zone).Format("2006-01-02 15:04:05.000")),
		actionCell(e.Action),
		plain.of("%*s", actionWidth-len(e.Action), ""),
		plain.of("%s%s  %s", withReason(e.Session, e.Reason), email, cause(e.Trigger)),
	)
}

// actionWidth is as wide as the longest action, and a gap.
const actionWidth = len(session.ActionAdmitted) + gap

// eventIDs is how much of an id a line on a terminal shows.
const eventIDs = 8

// shortEvent writes one change within the width of the terminal, what matters first.
func (p *page) shortEvent(e *session.Event) {
	head := fmt.Sprintf("%s  ", e.At.In(p.zone).Format("15:04:05"))
	rest := fmt.Sprintf("%s  %s  ", beginning(e.Session.ID, eventIDs), orDash(e.Email))
	if e.Reason != "" {
		rest += e.Reason + "  "
	}
	rest += e.Session.App + "  " + cause(e.Trigger)
	p.line(
		plain.of("%s", head),
		actionCell(e.Action),
		plain.of("%*s", actionWidth-len(e.Action), ""),
		p.clip(plain.of("%s", rest), max(1, p.width-len(head)-actionWidth)),
	)
}
