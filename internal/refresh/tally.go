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
	foundRemovable // the looks agree that its session is to go; the brake decides
)

// count adds a finding to the counts, n times.
func count(c *session.Counts, what finding, n int) {
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
}

type settled struct {
	key  session.Key
	what finding
}

// tally gathers what the looks at one folder, or at the root, found.
type tally struct {
	counts    session.Counts
	effects   effects
	errors    []session.Problem
	unsettled []session.Unsettled
	problems  []turn[session.Standing]
	turns     []turn[session.Unsettled]
	settled   []settled
	missing   []session.Key

	foundApp bool
	// taken is true where a mount was taken for what was there before.
	taken bool
	// slow is true where files may settle slowly.
	slow bool
	// What became more or less, by how much: sessions in memory, valid files that
	// are not, removals that are held back.
	sessions, notInMemory, held int
}

// effect notes what is done to a session.
func (t *tally) effect(kind session.Kind, s *session.Session) {
	t.effects.all = append(t.effects.all, session.Effect{Session: s, Kind: kind})
}

// cover takes back what was found of a folder's files that have no verdict: the
// folder was listed in part only, and stands for them now.
func (t *tally) cover() {
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
func (t *tally) sort() {
	t.effects.sort()
	slices.SortFunc(t.errors, func(a, b session.Problem) int { return cmp.Compare(a.Session, b.Session) })
	slices.SortFunc(t.unsettled, func(a, b session.Unsettled) int { return cmp.Compare(a.Session, b.Session) })
	t.problems, t.turns = inSum(t.problems), inSum(t.turns)
}

// merge adds what was found in another folder, whose keys sort after all that
// there are.
func (t *tally) merge(o *tally) {
	add(&t.counts, &o.counts)
	t.effects.append(&o.effects)
	t.errors = append(t.errors, o.errors...)
	t.unsettled = append(t.unsettled, o.unsettled...)
	t.problems = append(t.problems, o.problems...)
	t.turns = append(t.turns, o.turns...)
	t.settled = append(t.settled, o.settled...)
	t.missing = append(t.missing, o.missing...)
	t.foundApp = t.foundApp || o.foundApp
	t.taken = t.taken || o.taken
	t.slow = t.slow || o.slow
	t.sessions += o.sessions
	t.notInMemory += o.notInMemory
	t.held += o.held
}

// result writes the tally down.
func (t *tally) result(r session.Report) Result {
	r.Counts = t.counts
	r.Errors, r.Unsettled = t.errors, t.unsettled
	return Result{
		Outcome: session.Outcome{
			Report:    r,
			Effects:   t.effects.all,
			InOrder:   !t.effects.jumbled,
			Problems:  told(t.problems),
			Unsettled: told(t.turns),
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
