package edit

import (
	"errors"

	"sessiond/internal/session"
)

// Item is a file that is to be edited with others.
type Item struct {
	Key session.Key
	// IfMatch is the digest that the file must have; nil where any will do.
	IfMatch *session.Digest
}

// Outcome is what became of an item. Err is of type [*Error], or the context's; of the
// result, only the key is known then.
type Outcome struct {
	Result

	Err error
}

// entry is an item on its way.
type entry struct {
	Item
	Outcome

	state state
	// looks is how often the file was found unsettled, and before what the last of these
	// looks found.
	looks  int
	before *unsettled
	// earlier is the job of the same file that has to end first, nil for none.
	earlier *job

	folder *folder // that the file is in, as long as it is worked on
	// job is what is left to be looked at after a change.
	job  *job
	old  version // what was read
	data []byte  // what is to be written
	temp string  // the temporary file's name
	ours version // what was written
}

// state is how far an entry has come.
type state uint8

const (
	stateOpen state = iota
	stateOver
	stateUnsettled // another look is due, a settle time later
	stateBlocked   // an earlier job of the file has to end first
	statePut       // there was no room among the others
)

func newEntries(items []Item) []*entry {
	entries := make([]*entry, len(items))
	for i, item := range items {
		entries[i] = &entry{Item: item}
		entries[i].Result.Key = item.Key
	}
	return entries
}

// succeed ends an entry.
func (t *entry) succeed(r Result) {
	t.Outcome, t.state = Outcome{Result: r}, stateOver
}

// fail ends an entry, unless the file may be in motion and another look is due.
func (t *entry) fail(err error) {
	now := new(unsettled)
	switch {
	case !errors.As(err, &now):
	case now.confirms(t.before):
		err = now.verdict
	case t.looks == maxLooks-1:
		err = &Error{Kind: KindBusy, Key: t.Key, Detail: "it is being written", RetryAfter: busyRetry}
	default:
		t.looks, t.before, t.state = t.looks+1, now, stateUnsettled
		return
	}
	t.Outcome, t.state = Outcome{Result: Result{Key: t.Key}, Err: err}, stateOver
}

// postpone ends the work on an entry for now.
func (t *entry) postpone(why state) { t.state = why }

// release drops what was only needed for the work.
func (t *entry) release() {
	t.folder, t.job, t.old, t.data, t.temp, t.ours = nil, nil, version{}, nil, "", version{}
}

// outcomes returns what became of entries.
func outcomes(entries []*entry) []Outcome {
	all := make([]Outcome, len(entries))
	for i, t := range entries {
		all[i] = t.Outcome
	}
	return all
}
