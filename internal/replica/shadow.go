package replica

import (
	"slices"
	"time"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// shadow is what a follower has read of a log: between heads, it is ahead of what the
// store shows.
type shadow struct {
	sessions map[Hash]replicated
	problems map[Hash]problem
	sum      Sum
	last     uint64 // sequence
	source   []byte // the authority's status

	// What has come since the store was shown the last time. full says that the store was
	// never shown this shadow, so that everything may differ.
	full                     bool
	changed, changedProblems map[Hash]before
}

// replicated is a session of the log.
type replicated struct {
	*session.Session
	digest   Sum
	modified session.FileTime
	revision uint64
}

// problem is a current error of the log.
type problem struct {
	*session.ActiveError
	digest Sum
}

// before is what the store shows of a hash for which something has come: its key, where it
// shows one, and the reason of the last removal.
type before struct {
	key    session.Key
	had    bool
	reason string
}

func newShadow() *shadow {
	return &shadow{
		sessions: make(map[Hash]replicated), problems: make(map[Hash]problem), full: true,
		changed: make(map[Hash]before), changedProblems: make(map[Hash]before),
	}
}

// take takes a message. One that no authority writes counts as none: the sum tells.
func (s *shadow) take(m *Message) {
	s.last = m.Sequence
	k, h := parseKey(m.Key)
	switch k {
	case kindSession:
		s.takeSession(h, m)
	case kindProblem:
		s.takeProblem(h, m)
	case kindOther:
		if m.Key == KeyStatus && !m.Removed {
			s.source = m.Payload
		}
	}
}

func (s *shadow) takeSession(h Hash, m *Message) {
	old, had := s.sessions[h]
	if had {
		s.sum = s.sum.Minus(old.digest)
		delete(s.sessions, h)
	}
	s.note(s.changed, h, m.Reason, had, func() session.Key { return old.Key().Clone() })
	if m.Removed {
		return
	}
	loaded, modified, err := decodeSession(h, m.Payload)
	if err != nil {
		return
	}
	now := replicated{loaded, DigestOf(h, m.Payload), modified, m.Revision}
	s.sum = s.sum.Plus(now.digest)
	s.sessions[h] = now
}

func (s *shadow) takeProblem(h Hash, m *Message) {
	old, had := s.problems[h]
	if had {
		s.sum = s.sum.Minus(old.digest)
		delete(s.problems, h)
	}
	s.note(s.changedProblems, h, m.Reason, had, func() session.Key { return old.ActiveError.Session })
	if m.Removed {
		return
	}
	active, err := decodeProblem(h, m.Payload)
	if err != nil {
		return
	}
	now := problem{active, DigestOf(h, m.Payload)}
	s.sum = s.sum.Plus(now.digest)
	s.problems[h] = now
}

// note remembers that what the log has of a hash is another than what the store shows.
func (s *shadow) note(in map[Hash]before, h Hash, reason string, had bool, key func() session.Key) {
	if s.full {
		return
	}
	e := in[h]
	if !e.had && had {
		e.key, e.had = key(), true
	}
	e.reason = reason
	in[h] = e
}

// show makes a store show the shadow, all at once. It returns what changed, and whether
// anything did.
func (s *shadow) show(to *store.Store, h *Head) (_ session.Outcome, differs bool) {
	view := to.View()
	o := session.Outcome{Report: session.Report{
		Pass: h.Pass, Trigger: h.Trigger, Scope: session.ScopeFiles, StartedAt: time.Now().UTC(),
	}}
	if s.full {
		o.Report.Scope = session.ScopeFull
		if view.Passes() == 0 {
			o.Report.Trigger = session.TriggerStartup
		}
		s.compare(view, &o)
	} else {
		s.gather(view, &o)
	}
	s.full = false
	clear(s.changed)
	clear(s.changedProblems)
	if len(o.Changes) == 0 && len(o.Problems) == 0 && view.Passes() > 0 && view.Revision() >= h.Revision {
		return session.Outcome{}, false // a heartbeat
	}
	slices.SortFunc(o.Changes, func(a, b session.MemoryChange) int { return a.Session.Key().Compare(b.Session.Key()) })
	slices.SortFunc(o.Problems, func(a, b session.Transition[session.ActiveError]) int { return a.Session.CompareReach(b.Session) })
	to.ApplyAt(o, h.Revision)
	return o, true
}

// gather finds what differs from a view by what came since that was shown.
func (s *shadow) gather(view *store.View, o *session.Outcome) {
	for h, e := range s.changed {
		if now, is := s.sessions[h]; is {
			s.put(view, h, now, o)
		} else if e.had {
			s.drop(view, e.key, e.reason, o)
		}
	}
	for h, e := range s.changedProblems {
		if now, is := s.problems[h]; is {
			o.Problems = append(o.Problems, session.Transition[session.ActiveError]{Session: now.ActiveError.Session, Now: now.ActiveError})
		} else if e.had {
			o.Problems = append(o.Problems, session.Transition[session.ActiveError]{Session: e.key})
		}
	}
}

// compare finds what differs from a view that is of another shadow.
func (s *shadow) compare(view *store.View, o *session.Outcome) {
	for h, now := range s.sessions {
		s.put(view, h, now, o)
	}
	for old := range view.All() {
		if _, is := s.sessions[HashOf(old.Key())]; !is {
			s.drop(view, old.Key(), "", o)
		}
	}
	for _, now := range s.problems {
		o.Problems = append(o.Problems, session.Transition[session.ActiveError]{Session: now.ActiveError.Session, Now: now.ActiveError})
	}
	for old := range view.AllProblems() {
		if _, is := s.problems[HashOf(old.Session)]; !is {
			o.Problems = append(o.Problems, session.Transition[session.ActiveError]{Session: old.Session})
		}
	}
}

// put adds a session of the log to an outcome, unless the view has just that: then the
// shadow shares its memory.
func (s *shadow) put(view *store.View, h Hash, now replicated, o *session.Outcome) {
	kind := session.ChangeAdmitted
	if old, had := view.Get(now.Key()); had {
		if *old.Session == *now.Session && session.FileTime(old.Modified.UnixNano()) == now.modified {
			now.Session = old.Session
			s.sessions[h] = now
			return
		}
		kind = session.ChangeUpdated
	}
	o.Changes = append(o.Changes, session.MemoryChange{
		Session: now.Session, Kind: kind, Modified: int64(now.modified), Revision: now.revision,
	})
}

// drop adds to an outcome that a session has ended, where the view has it.
func (s *shadow) drop(view *store.View, key session.Key, reason string, o *session.Outcome) {
	old, had := view.Get(key)
	if !had {
		return
	}
	kind := session.ChangeDeleted
	if e, is := s.problems[HashOf(key)]; reason == session.RemovedInvalid || reason == "" && is && e.Rejects() {
		kind = session.ChangeInvalid
	}
	o.Changes = append(o.Changes, session.MemoryChange{
		Session: old.Session, Kind: kind, Removal: &session.Removal{Trigger: o.Report.Trigger},
	})
}
