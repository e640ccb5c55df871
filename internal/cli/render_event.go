package cli

import "sessiond/internal/session"

// event writes one change, in one line. Its revision is for programs, which
// read JSON.
func (p *page) event(e *session.Event) {
	p.line(
		plain.of("%s  ", e.At.In(p.zone).Format("2006-01-02 15:04:05.000")),
		actionCell(e.Action),
		plain.of("%*s", len("admitted  ")-len(e.Action), ""),
		plain.of("%s  %s", withReason(e.Session, e.Reason), cause(e.Trigger)),
	)
}
