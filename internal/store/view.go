package store

import (
	"slices"
	"time"

	"sessiond/internal/session"
)

// View is what readers saw after one pass: it never changes. Any number of
// goroutines may read it.
type View struct {
	sessions  sessions
	problems  table[session.Key, session.ActiveError]
	unsettled table[session.Key, session.Unsettled]
	counts    table[string, AppCounts]

	revision    uint64
	notInMemory int
	passes      uint64
	lastPass    *session.Report
	lastSuccess time.Time
}

// count takes over the counts of a pass that ended at the given time.
func (v *View) count(o *session.Outcome, ended time.Time) {
	v.passes++
	v.notInMemory = o.NotInMemory
	if o.Report.Trigger != session.TriggerRetry {
		last := o.Report
		v.lastPass = &last
	}
	if len(o.Report.Unsettled) == 0 {
		v.lastSuccess = ended
	}
}

// endOf returns when a pass ended.
func endOf(r *session.Report) time.Time {
	return r.StartedAt.Add(time.Duration(r.DurationMs * float64(time.Millisecond)))
}

// Get returns the session of a key, if it is in memory.
func (v *View) Get(key session.Key) (session.Loaded, bool) {
	r, ok := v.sessions.get(key)
	if !ok {
		return session.Loaded{}, false
	}
	return r.loaded(), true
}

// Len returns how many sessions are in memory.
func (v *View) Len() int { return v.sessions.len() }

// Revision returns the revision of the last change in the view, or that of the
// start while there was none.
func (v *View) Revision() uint64 { return v.revision }

// Problem returns the current error about exactly this key.
func (v *View) Problem(key session.Key) (session.ActiveError, bool) { return v.problems.get(key) }

// Problems returns the current errors, sorted by key; never nil.
func (v *View) Problems() []session.ActiveError { return v.problems.values() }

// Unsettled returns what has no verdict yet, sorted by key; never nil.
func (v *View) Unsettled() []session.Unsettled { return v.unsettled.values() }

// NotInMemory returns how many valid files have no session in memory, as far as the
// tree was ever scanned.
func (v *View) NotInMemory() int { return v.notInMemory }

// Passes returns how many passes were applied.
func (v *View) Passes() uint64 { return v.passes }

// LastPass returns the report of the last pass that was no retry, without its
// changes, or nil before the first. It is the caller's to change.
func (v *View) LastPass() *session.Report {
	if v.lastPass == nil {
		return nil
	}
	last := *v.lastPass
	last.Errors = slices.Clone(last.Errors)
	last.Unsettled = slices.Clone(last.Unsettled)
	return &last
}

// LastSuccess returns when the last pass ended that left nothing without a verdict;
// the zero time before the first.
func (v *View) LastSuccess() time.Time { return v.lastSuccess }
