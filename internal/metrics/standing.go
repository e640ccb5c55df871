package metrics

import (
	"time"

	"sessiond/internal/session"
)

// maxApps is how many app folders get a label of their own, which makes two
// series each. A MobileApps folder holds a handful; the limit is there for the
// one that something fills with thousands.
const maxApps = 500

// otherApps is the label that the sessions of all further app folders share. No
// app folder can have this name, for the dot that it lacks.
const otherApps = "(other)"

// standing is what there is after the last pass, kept up with every change.
type standing struct {
	sessions map[string]*appCount // by app folder; only those with sessions
	labelled int                  // app folders that have a label of their own
	maxApps  int
	others   counts // of those that have none

	rejected  map[session.Code]int
	faults    map[int]int            // by errno
	unsettled map[string]int         // by reason
	reasons   map[session.Key]string // why each unsettled thing is

	notInMemory int
	lastPass    map[session.Scope]time.Time
	lastSuccess map[session.Scope]time.Time
	ready       bool
}

// counts are sessions by status.
type counts struct{ accepted, pending int }

type appCount struct {
	counts
	labelled bool
}

func newStanding(limit int) *standing {
	return &standing{
		sessions:    map[string]*appCount{},
		maxApps:     limit,
		rejected:    map[session.Code]int{},
		faults:      map[int]int{},
		unsettled:   map[string]int{},
		reasons:     map[session.Key]string{},
		lastPass:    map[session.Scope]time.Time{},
		lastSuccess: map[session.Scope]time.Time{},
	}
}

// apply takes over what a pass changed.
func (s *standing) apply(p *Pass) {
	s.countSessions(p)
	for _, turn := range p.Outcome.Problems {
		if old, stood := p.Before.Problem(turn.Session); stood {
			s.problem(&old.Problem, -1)
		}
		if turn.Now != nil {
			s.problem(&turn.Now.Problem, 1)
		}
	}
	for _, turn := range p.Outcome.Unsettled {
		s.settle(turn)
	}
	s.notInMemory = p.Outcome.NotInMemory
	s.lastPass[p.Outcome.Report.Scope] = p.Applied
	if outcomeOf(&p.Outcome.Report) != outcomeUnreadable {
		s.lastSuccess[p.Outcome.Report.Scope] = p.Applied
	}
	s.ready = true
}

// countSessions adds up what changed in an app folder before it counts: changes
// are sorted by key, and after a first load there may be a million.
func (s *standing) countSessions(p *Pass) {
	var folder string
	var delta counts
	before := p.Before.Len() > 0
	for i, change := range p.Outcome.Report.Changes {
		now := p.Outcome.Sessions[i]
		if app := appOf(now, change.Session); app != folder {
			s.count(folder, delta)
			folder, delta = app, counts{}
		}
		if before {
			if old, was := p.Before.Get(change.Session); was {
				delta.add(old.Status(), -1)
			}
		}
		if now != nil {
			delta.add(now.Status(), 1)
		}
	}
	s.count(folder, delta)
}

// appOf returns the app folder of a change: of its session where there is one, which
// is looked at anyway.
func appOf(now *session.Session, key session.Key) string {
	if now != nil {
		return now.App()
	}
	return key.App()
}

func (c *counts) add(status string, n int) {
	if status == session.StatusPending {
		c.pending += n
	} else {
		c.accepted += n
	}
}

func (c *counts) plus(d counts) {
	c.accepted += d.accepted
	c.pending += d.pending
}

// count adds to what is counted of an app folder. One that has no label gets it
// with the next change in it, once there is room.
func (s *standing) count(folder string, delta counts) {
	if delta == (counts{}) {
		return
	}
	app := s.sessions[folder]
	if app == nil {
		app = &appCount{}
		s.sessions[folder] = app
	}
	if !app.labelled {
		s.others.plus(counts{-app.accepted, -app.pending})
		if s.labelled < s.maxApps {
			app.labelled = true
			s.labelled++
		}
	}
	app.plus(delta)
	switch empty := app.counts == (counts{}); {
	case empty && app.labelled:
		s.labelled--
		fallthrough
	case empty:
		delete(s.sessions, folder)
	case !app.labelled:
		s.others.plus(app.counts)
	}
}

func (s *standing) problem(p *session.Problem, n int) {
	if p.Rejects() {
		s.rejected[session.Code(p.ErrCode)] += n
		return
	}
	if s.faults[p.ErrCode] += n; s.faults[p.ErrCode] == 0 {
		delete(s.faults, p.ErrCode)
	}
}

func (s *standing) settle(turn session.Turn[session.Unsettled]) {
	if reason, was := s.reasons[turn.Session]; was {
		s.unsettled[reason]--
		delete(s.reasons, turn.Session)
	}
	if turn.Now != nil {
		s.unsettled[turn.Now.Reason]++
		s.reasons[turn.Session] = turn.Now.Reason
	}
}
