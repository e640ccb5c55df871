package refresh

import (
	"slices"

	"sessiond/internal/session"
)

// result is what one look at one key came to.
type result uint8

const (
	foundNothing result = iota // nothing on disk, and nothing in memory any more
	foundUpdated
	foundUnchanged
	foundNotInMemory
	foundAdmitted
	foundRejected
	foundUnsettled // a file on disk without a verdict
	foundMissing   // nothing on disk, not yet a verdict
	foundCovered   // not looked at: its folder cannot be judged, which says it all
	foundRemovable // the looks agree that its session is to go; the brake decides
)

// count adds a result to the counts, n times.
func count(c *session.Counts, what result, n int) {
	switch what {
	case foundNothing, foundMissing, foundCovered, foundRemovable:
		return
	case foundUpdated:
		c.Updated += n
	case foundUnchanged:
		c.Unchanged += n
	case foundNotInMemory:
		c.NotInMemory += n
	case foundAdmitted:
		c.Admitted += n
	case foundRejected:
		c.Rejected += n
	case foundUnsettled:
	}
	c.Checked += n
}

// Result is what a pass comes to.
type Result struct {
	session.Outcome

	// settled names the keys that were in motion before the pass and are not
	// any more.
	settled []settled
	// missing names the unsettled keys that have nothing on disk.
	missing []session.Key
	// reopened are the keys that the request named by the time of their removal.
	reopened []session.Key
}

type settled struct {
	key  session.Key
	what result
}

// passResult gathers what the looks at one folder, or at the root, found.
type passResult struct {
	counts     session.Counts
	changes    []session.MemoryChange
	errors     []session.Problem
	unsettled  []session.Unsettled
	problems   []transition[session.ActiveError]
	waits      []transition[session.Unsettled]
	unadmitted []transition[session.UnadmittedFile]
	settled    []settled
	missing    []session.Key

	foundApp bool
	// taken is true where a mount was taken for what was there before.
	taken bool
	// slow is where files settle most slowly of what was looked at.
	slow SlowFileSystem
	// linked is true where a folder came to hold only links, or does so no more.
	linked bool
	// remounted is true where a folder was found on another mount, and accepted.
	remounted bool
	// What became more or less, by how much: sessions in memory, valid files that
	// are not, removals that are held back.
	sessions, notInMemory, held int
}

// onlyCounts reports whether there is nothing to tell but numbers.
func (t *passResult) onlyCounts() bool {
	return len(t.changes)+len(t.errors)+len(t.unsettled)+len(t.problems)+len(t.waits)+
		len(t.unadmitted)+len(t.settled)+len(t.missing) == 0
}

// change notes what is done to a session, whose file was modified at a time where it is
// in memory now.
func (t *passResult) change(kind session.ChangeKind, s *session.Session, modified int64) {
	t.changes = append(t.changes, session.MemoryChange{Session: s, Kind: kind, Modified: modified})
}

// cover withdraws what was found of a folder's files that have no verdict: the
// folder was listed in part only, and is reported in their place.
func (t *passResult) cover() {
	t.counts.Checked -= len(t.unsettled) - len(t.missing)
	t.unsettled, t.missing = nil, nil
	t.errors = slices.DeleteFunc(t.errors, func(p session.Problem) bool { return !p.Rejects() })
	for i := range t.settled {
		if t.settled[i].what == foundUnsettled {
			t.settled[i].what = foundCovered
		}
	}
}

// sort puts what one folder's looks found in the order of the keys.
func (t *passResult) sort() {
	// What came first of one key stays first.
	slices.SortStableFunc(t.changes, func(a, b session.MemoryChange) int { return a.Session.Key().Compare(b.Session.Key()) })
	slices.SortFunc(t.errors, func(a, b session.Problem) int { return a.Session.Compare(b.Session) })
	slices.SortFunc(t.unsettled, func(a, b session.Unsettled) int { return a.Session.Compare(b.Session) })
	t.problems, t.waits, t.unadmitted = mergeTransitions(t.problems), mergeTransitions(t.waits), mergeTransitions(t.unadmitted)
}

// merge adds what was found in another folder, whose keys sort after all that
// there are.
func (t *passResult) merge(o *passResult) {
	add(&t.counts, &o.counts)
	t.changes = append(t.changes, o.changes...)
	t.errors = append(t.errors, o.errors...)
	t.unsettled = append(t.unsettled, o.unsettled...)
	t.problems = append(t.problems, o.problems...)
	t.waits = append(t.waits, o.waits...)
	t.unadmitted = append(t.unadmitted, o.unadmitted...)
	t.settled = append(t.settled, o.settled...)
	t.missing = append(t.missing, o.missing...)
	t.foundApp = t.foundApp || o.foundApp
	t.taken = t.taken || o.taken
	t.slow = slower(t.slow, o.slow)
	t.linked = t.linked || o.linked
	t.remounted = t.remounted || o.remounted
	t.sessions += o.sessions
	t.notInMemory += o.notInMemory
	t.held += o.held
}

// result returns the gathered results as the result of the pass.
func (t *passResult) result(r session.Report) Result {
	r.Counts = t.counts
	r.Errors, r.Unsettled = t.errors, t.unsettled
	return Result{
		Outcome: session.Outcome{
			Report:     r,
			Changes:    t.changes,
			Problems:   plainTransitions(t.problems),
			Unsettled:  plainTransitions(t.waits),
			Unadmitted: plainTransitions(t.unadmitted),
		},
		settled: t.settled,
		missing: t.missing,
	}
}

// add adds counts to others.
func add(to, more *session.Counts) {
	to.Checked += more.Checked
	to.Updated += more.Updated
	to.Unchanged += more.Unchanged
	to.NotInMemory += more.NotInMemory
	to.Admitted += more.Admitted
	to.Rejected += more.Rejected
	to.Removed += more.Removed
}
