package store

import (
	"slices"
	"sync/atomic"
	"time"

	"sessiond/internal/session"
)

// batch is what one pass changed.
type batch struct {
	first   uint64 // revision of the first change; each further one is one higher
	end     uint64 // revision after the last
	at      time.Time
	trigger session.Trigger

	// The changes are entries. Those of a first load too large to be kept beside
	// others are the rows of the table that it made, which were all admitted: by the
	// time the table is another, the batch is gone.
	entries []entry
	loaded  sessions
}

// entry is a change as the log keeps it. Its key is that of the session: of the
// one that is in memory since the change, and after that of one without content,
// so that no entry keeps alive what is no longer shown.
type entry struct {
	session atomic.Pointer[session.Session]
	kind    session.Kind
}

// newBatch returns what a pass changes, which ended at the given time. It says
// asLoaded if the table will be just that.
func newBatch(o *session.Outcome, asLoaded bool, first uint64, at time.Time) *batch {
	b := &batch{first: first, end: first + uint64(len(o.Effects)), at: at, trigger: o.Report.Trigger}
	if len(o.Effects) > keptChanges && asLoaded {
		return b
	}
	b.entries = make([]entry, len(o.Effects))
	for i, e := range o.Effects {
		b.entries[i].kind = e.Kind
		if e.Kind.Removes() {
			b.entries[i].session.Store(bare(e.Session))
		} else {
			b.entries[i].session.Store(e.Session)
		}
	}
	return b
}

// loadsOnly reports whether effects admit a session each.
func loadsOnly(effects []session.Effect) bool {
	return !slices.ContainsFunc(effects, func(e session.Effect) bool { return e.Kind != session.KindAdmitted })
}

func (b *batch) len() int { return int(b.end - b.first) } //nolint:gosec // a length

// load takes over the table that the pass made, where that is what is kept.
func (b *batch) load(made sessions) {
	if b.entries == nil {
		b.loaded = made
	}
}

// events returns the changes beginning with a revision, which must be the
// batch's, at most so many.
func (b *batch) events(revision uint64, limit int) []session.Event {
	events := make([]session.Event, min(int(b.end-revision), limit)) //nolint:gosec // a length
	if b.entries != nil {
		changed := b.entries[revision-b.first:]
		for i := range events {
			events[i] = b.event(revision+uint64(i), changed[i].session.Load(), changed[i].kind)
		}
		return events
	}
	i := 0
	for r := range b.loaded.from(func(r row) bool { return r.revision >= revision }) {
		if i == len(events) {
			break
		}
		events[i] = b.event(r.revision, r.session, session.KindAdmitted)
		i++
	}
	return events
}

func (b *batch) event(revision uint64, s *session.Session, kind session.Kind) session.Event {
	return session.Event{
		Revision: revision,
		At:       b.at,
		Session:  s.Key(),
		Action:   kind.Action(),
		Reason:   kind.Reason(),
		Trigger:  b.trigger,
	}
}

// release lets go of the session of a change, which is no longer in memory.
func (b *batch) release(revision uint64) {
	if b.entries == nil {
		return
	}
	e := &b.entries[revision-b.first]
	e.session.Store(bare(e.session.Load()))
}
