package store

import (
	"iter"
	"time"

	"sessiond/internal/session"
)

// View is what readers saw after one pass: it never changes. Any number of
// goroutines may read it.
type View struct {
	sessions   sessions
	problems   table[session.Key, *session.ActiveError]
	unsettled  table[session.Key, session.Unsettled]
	unadmitted table[session.Key, session.UnadmittedFile]
	counts     table[string, AppCounts]
	names      appNames
	totals     AppCounts
	reasons    session.UnsettledCounts
	codes      codeCounts

	epoch       session.Epoch
	revision    uint64
	notInMemory int
	passes      uint64
	lastPass    *session.PassSummary
	lastSuccess time.Time
}

// count takes over the counts of a pass that ended at the given time.
func (v *View) count(o *session.Outcome, ended time.Time) {
	v.passes++
	v.notInMemory = o.NotInMemory
	if o.Report.Trigger != session.TriggerRetry {
		last := o.Report.Summary() // the report itself would keep its lists alive
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

// All yields the sessions in memory, in the order of their keys.
func (v *View) All() iter.Seq[session.Loaded] {
	return func(yield func(session.Loaded) bool) {
		v.sessions.tree.Scan(func(r row) bool { return yield(r.loaded()) })
	}
}

// AllProblems yields the current errors, in the order of [session.Key.CompareReach]. They
// must not be changed.
func (v *View) AllProblems() iter.Seq[*session.ActiveError] {
	return func(yield func(*session.ActiveError) bool) { v.problems.after(nil, yield) }
}

// Len returns how many sessions are in memory.
func (v *View) Len() int { return v.sessions.len() }

// Revision returns the revision of the last change in the view, or that of the
// start while there was none.
func (v *View) Revision() uint64 { return v.revision }

// Epoch returns the epoch of the store, which all its views have.
func (v *View) Epoch() session.Epoch { return v.epoch }

// Position returns where to follow the changes after this view from.
func (v *View) Position() session.Position {
	return session.Position{Epoch: v.epoch, Revision: v.revision}
}

// NotInMemory returns how many valid files have no session in memory, as far as the
// tree was ever scanned.
func (v *View) NotInMemory() int { return v.notInMemory }

// Passes returns how many passes were applied.
func (v *View) Passes() uint64 { return v.passes }

// LastPass returns what the last pass counted that was no retry, or nil before the
// first. It must not be changed.
func (v *View) LastPass() *session.PassSummary { return v.lastPass }

// LastSuccess returns when the last pass ended that left nothing without a verdict;
// the zero time before the first.
func (v *View) LastSuccess() time.Time { return v.lastSuccess }
