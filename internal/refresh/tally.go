package refresh

import (
	"cmp"
	"slices"

	"sessiond/internal/session"
)

// finding is what one look at one key came to.
type finding uint8

const (
	foundNothing finding = iota // nothing on disk, and nothing in memory any more
	foundUpdated
	foundUnchanged
	foundNotInMemory
	foundAdmitted
	foundRejected
	foundUnsettled // a file on disk without a verdict
	foundMissing   // nothing on disk, not yet a verdict
	foundCovered   // not looked at: its folder cannot be judged, which says it all
)

// count adds a finding to the counts, n times.
func count(c *session.Counts, what finding, n int) {
	switch what {
	case foundNothing, foundMissing, foundCovered:
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
	// missing names the keys that are in motion and have nothing on disk.
	missing []session.Key
}

type settled struct {
	key  session.Key
	what finding
}

// tally gathers what the looks of one worker found.
type tally struct {
	counts    session.Counts
	changes   []change
	errors    []session.Problem
	unsettled []session.Unsettled
	problems  []session.Turn[session.Standing]
	turns     []session.Turn[session.Unsettled]
	settled   []settled
	missing   []session.Key

	foundApp bool
}

type change struct {
	session.Change
	session *session.Session
}

func (t *tally) change(f *file, action session.Action, reason string) {
	t.changes = append(t.changes, change{
		Change:  session.Change{Session: f.key, Action: action, Reason: reason},
		session: f.session,
	})
	if action == session.ActionRemoved {
		t.counts.Removed++
	}
}

// merge adds what another worker found.
func (t *tally) merge(o *tally) {
	t.counts.Checked += o.counts.Checked
	t.counts.Updated += o.counts.Updated
	t.counts.Unchanged += o.counts.Unchanged
	t.counts.NotInMemory += o.counts.NotInMemory
	t.counts.Admitted += o.counts.Admitted
	t.counts.Rejected += o.counts.Rejected
	t.counts.Removed += o.counts.Removed
	t.changes = append(t.changes, o.changes...)
	t.errors = append(t.errors, o.errors...)
	t.unsettled = append(t.unsettled, o.unsettled...)
	t.problems = append(t.problems, o.problems...)
	t.turns = append(t.turns, o.turns...)
	t.settled = append(t.settled, o.settled...)
	t.missing = append(t.missing, o.missing...)
	t.foundApp = t.foundApp || o.foundApp
}

// result writes the tally down in the order of the keys.
func (t *tally) result(r session.Report) Result {
	slices.SortFunc(t.changes, func(a, b change) int { return cmp.Compare(a.Session, b.Session) })
	slices.SortFunc(t.errors, func(a, b session.Problem) int { return cmp.Compare(a.Session, b.Session) })
	slices.SortFunc(t.unsettled, func(a, b session.Unsettled) int { return cmp.Compare(a.Session, b.Session) })
	slices.SortStableFunc(t.problems, compareTurns[session.Standing])
	slices.SortStableFunc(t.turns, compareTurns[session.Unsettled])

	r.Counts = t.counts
	r.Changes = make([]session.Change, len(t.changes))
	sessions := make([]*session.Session, len(t.changes))
	for i, c := range t.changes {
		r.Changes[i], sessions[i] = c.Change, c.session
	}
	r.Errors, r.Unsettled = t.errors, t.unsettled
	return Result{
		Outcome: session.Outcome{
			Report:    r,
			Sessions:  sessions,
			Problems:  t.problems,
			Unsettled: t.turns,
		},
		settled: t.settled,
		missing: t.missing,
	}
}

func compareTurns[T any](a, b session.Turn[T]) int { return cmp.Compare(a.Session, b.Session) }
