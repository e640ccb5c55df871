package metrics

import (
	"time"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// gauges hold the state after the last pass: what its view shows, and what is kept
// up to date with every change.
type gauges struct {
	view   *store.View // nil before the first pass
	labels labels

	rejected map[session.Code]int
	faults   map[int]int // by errno

	notInMemory int
	lastPass    map[session.Scope]time.Time
	lastSuccess map[session.Scope]time.Time
}

func newStanding(limit int) *gauges {
	return &gauges{
		labels:      newLabels(limit),
		rejected:    map[session.Code]int{},
		faults:      map[int]int{},
		lastPass:    map[session.Scope]time.Time{},
		lastSuccess: map[session.Scope]time.Time{},
	}
}

// apply takes over what a pass changed.
func (s *gauges) apply(p *Pass) {
	s.view = p.After
	for _, t := range p.Outcome.Problems {
		if old, existed := p.Before.Problem(t.Session); existed {
			s.problem(&old.Problem, -1)
		}
		if t.Now != nil {
			s.problem(&t.Now.Problem, 1)
		}
	}
	s.notInMemory = p.Outcome.NotInMemory
	s.lastPass[p.Outcome.Report.Scope] = p.Applied
	if len(p.Outcome.Report.Unsettled) == 0 {
		s.lastSuccess[p.Outcome.Report.Scope] = p.Applied
	}
}

// countSessions is [labels.count] of what there is to see.
func (s *gauges) countSessions(tell func(label string, c counts)) (apps int) {
	if s.view == nil {
		return 0
	}
	return s.labels.count(s.view, tell)
}

func (s *gauges) problem(p *session.Problem, n int) {
	if p.Rejects() {
		s.rejected[session.Code(p.ErrCode)] += n
		return
	}
	if s.faults[p.ErrCode] += n; s.faults[p.ErrCode] == 0 {
		delete(s.faults, p.ErrCode)
	}
}

// unsettled returns how much has no verdict, by reason.
func (s *gauges) unsettled() map[string]int {
	var c session.UnsettledCounts
	if s.view != nil {
		c = s.view.CountUnsettled()
	}
	return map[string]int{
		session.ReasonInMotion:   c.InMotion,
		session.ReasonManyGone:   c.ManyGone,
		session.ReasonUnreadable: c.Unreadable,
	}
}
