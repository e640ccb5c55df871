package refresh_test

import (
	"maps"
	"slices"

	"sessiond/internal/session"
)

// tester is what both *testing.T and *rapid.T are.
type tester interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// reader is what readers see: the sum of the outcomes of all passes. It holds
// every outcome against what is promised of outcomes.
type reader struct {
	t         tester
	sessions  map[session.Key]*session.Session
	problems  map[session.Key]session.ActiveError
	unsettled map[session.Key]session.Unsettled
	notIn     map[session.Key]session.UnadmittedFile
	idle      int // NotInMemory
	scope     session.Scope
}

func newReader(t tester) *reader {
	return &reader{
		t:         t,
		sessions:  make(map[session.Key]*session.Session),
		problems:  make(map[session.Key]session.ActiveError),
		unsettled: make(map[session.Key]session.Unsettled),
		notIn:     make(map[session.Key]session.UnadmittedFile),
	}
}

// apply takes the outcome of a pass.
func (r *reader) apply(o session.Outcome) {
	r.t.Helper()
	r.applyChanges(o)
	applyTransitions(r.t, r.problems, o.Problems)
	applyTransitions(r.t, r.unsettled, o.Unsettled)
	applyTransitions(r.t, r.notIn, o.Unadmitted)
	if len(r.notIn) != o.NotInMemory {
		r.t.Errorf("%d valid files are not in memory, and these are named: %v", o.NotInMemory, r.notIn)
	}
	for key := range r.notIn {
		if r.sessions[key] != nil {
			r.t.Errorf("%q is in memory, and named among those that are not", key)
		}
	}
	r.idle, r.scope = o.NotInMemory, o.Report.Scope

	for _, p := range o.Report.Errors {
		if now, stands := r.problems[p.Session]; !stands || now.Problem != p {
			r.t.Errorf("the report's error %+v is not the current one: %+v", p, now)
		}
	}
	for _, u := range o.Report.Unsettled {
		if r.unsettled[u.Session] != u {
			r.t.Errorf("the report has %+v, readers see %+v", u, r.unsettled[u.Session])
		}
	}
	if o.Report.Scope == session.ScopeFull && len(o.Report.Unsettled) != len(r.unsettled) {
		r.t.Errorf("a full report has unsettled %v, readers see %v", o.Report.Unsettled, r.unsettled)
	}
	r.checkUnreadable()
}

// checkUnreadable holds the operating system's errors against what is unsettled:
// they are the two sides of one thing.
func (r *reader) checkUnreadable() {
	r.t.Helper()
	for key, u := range r.unsettled {
		if p, stands := r.problems[key]; u.Reason == session.ReasonUnreadable && (!stands || p.Rejects()) {
			r.t.Errorf("%q is unreadable and no error says why", key)
		}
	}
	for key, p := range r.problems {
		if !p.Rejects() && r.unsettled[key].Reason != session.ReasonUnreadable {
			r.t.Errorf("%q has the error %v and is not unsettled", key, p.Problem.String())
		}
	}
}

func (r *reader) applyChanges(o session.Outcome) {
	r.t.Helper()
	if o.Report.Changes != nil {
		r.t.Errorf("the report has changes of its own: %v", o.Report.Changes)
	}
	changes := o.ReportWithChanges().Changes
	count := make(map[session.Action]int)
	for i, c := range changes {
		count[c.Action]++
		_, had := r.sessions[c.Session]
		if had == (c.Action == session.ActionAdmitted) {
			r.t.Errorf("%q is %s; was in memory: %t", c.Session, c.Action, had)
		}
		now := o.Changes[i].Now()
		if removed := c.Action == session.ActionRemoved; removed != (now == nil) || removed != (c.Reason != "") {
			r.t.Errorf("change %+v comes with the session %+v", c, now)
		}
		if now == nil {
			if o.Changes[i].Session != r.sessions[c.Session] {
				r.t.Errorf("change %+v comes with another session than was in memory", c)
			}
			delete(r.sessions, c.Session)
			continue
		}
		r.sessions[c.Session] = now
	}
	c := o.Report.Counts
	if c.Updated != count[session.ActionUpdated] || c.Admitted != count[session.ActionAdmitted] || c.Removed != count[session.ActionRemoved] {
		r.t.Errorf("counts %+v do not fit the changes %+v", c, changes)
	}
}

// applyTransitions applies transitions to what there is. One pass says one thing about a key,
// and nothing that is known already.
func applyTransitions[T comparable](t tester, stands map[session.Key]T, turns []session.Transition[T]) {
	t.Helper()
	for i, turn := range turns {
		if i > 0 && turns[i-1].Session.Compare(turn.Session) >= 0 {
			t.Errorf("turn of %q follows that of %q", turn.Session, turns[i-1].Session)
		}
		was, known := stands[turn.Session]
		switch {
		case turn.Now == nil && !known:
			t.Errorf("what never stood about %q ends", turn.Session)
		case turn.Now == nil:
			delete(stands, turn.Session)
		case known && was == *turn.Now:
			t.Errorf("%+v is told twice", was)
		default:
			stands[turn.Session] = *turn.Now
		}
	}
}

// checkReport holds a report, of a pass or of an answer, against what is promised
// of all reports. onDisk says whether there is a file for a key.
func checkReport(t tester, r session.Report, onDisk func(session.Key) bool) {
	t.Helper()
	checkOrder(t, "changes", r.Changes, func(c session.Change) session.Key { return c.Session })
	checkOrder(t, "errors", r.Errors, func(p session.Problem) session.Key { return p.Session })
	checkOrder(t, "unsettled", r.Unsettled, func(u session.Unsettled) session.Key { return u.Session })

	unreadable := make(map[session.Key]bool)
	unsettled := 0
	for _, u := range r.Unsettled {
		unreadable[u.Session] = u.Reason == session.ReasonUnreadable
		if u.Session.IsFile() && onDisk(u.Session) {
			unsettled++
		}
	}
	rejected := 0
	for _, p := range r.Errors {
		if p.Rejects() {
			rejected++
		} else if !unreadable[p.Session] {
			t.Errorf("%q has an error of the operating system and is not unsettled", p.Session)
		}
		if _, is := unreadable[p.Session]; is && p.Rejects() {
			t.Errorf("%q is both rejected and unsettled", p.Session)
		}
	}
	c := r.Counts
	if sum := c.Updated + c.Unchanged + c.NotInMemory + c.Admitted + c.Rejected + unsettled; c.Checked != sum {
		t.Errorf("checked is %d, the sum %d: %+v, unsettled %+v", c.Checked, sum, c, r.Unsettled)
	}
	if c.Rejected != rejected {
		t.Errorf("rejected is %d, and there are %d mobi errors", c.Rejected, rejected)
	}
}

func checkOrder[T any](t tester, what string, list []T, key func(T) session.Key) {
	t.Helper()
	if !slices.IsSortedFunc(list, func(a, b T) int { return key(a).Compare(key(b)) }) {
		t.Errorf("%s are not sorted: %+v", what, list)
	}
	if len(slices.CompactFunc(slices.Clone(list), func(a, b T) bool { return key(a) == key(b) })) != len(list) {
		t.Errorf("%s name a key twice: %+v", what, list)
	}
}

// isSettled reports whether nothing is unsettled about a file, its folder and the root.
func (r *reader) isSettled(key session.Key) bool {
	for _, k := range []session.Key{{}, {App: key.App}, key} {
		if _, unsettled := r.unsettled[k]; unsettled {
			return false
		}
	}
	return true
}

// contents returns the contents of the sessions in memory.
func (r *reader) contents() map[session.Key]string {
	contents := make(map[session.Key]string, len(r.sessions))
	for key, s := range r.sessions {
		contents[key] = string(s.Content())
	}
	return contents
}

// current returns the current errors in short.
func (r *reader) current() map[session.Key]string {
	current := make(map[session.Key]string, len(r.problems))
	for key, p := range r.problems {
		current[key] = p.Problem.String()
	}
	return current
}

// waiting returns what is unsettled and why.
func (r *reader) waiting() map[session.Key]string {
	waiting := make(map[session.Key]string, len(r.unsettled))
	for key, u := range r.unsettled {
		waiting[key] = u.Reason
	}
	return waiting
}

func keysOf[T any](m map[session.Key]T) []session.Key {
	return slices.SortedFunc(maps.Keys(m), session.Key.Compare)
}
