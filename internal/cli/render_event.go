package cli

import "sessiond/internal/session"

// event writes one change, in one line.
func (p *page) event(e *session.Event) {
	p.line(
		plain.of("%s  ", e.At.In(p.zone).Format("2006-01-02 15:04:05.000")),
		actionCell(e.Action),
		plain.of("%*s", len("admitted  ")-len(e.Action), ""),
		plain.of("%s  by %s, revision %d", withReason(e.Session, e.Reason), e.Trigger, e.Revision),
	)
}
