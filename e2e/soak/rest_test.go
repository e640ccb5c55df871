//go:build soak && unix

package soak

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

// restPatience is how long a daemon may take until it is at rest and as it must be.
// It is far more than the contract gives it: the machine may be busy. What no pass
// would ever find does not come right by waiting, because there is no resync.
const restPatience = time.Minute

// rest waits until all daemons are at rest, while nobody works in the tree, and
// holds them against the model.
func (s *soak) rest() {
	tree, err := readTree(s.grove.root)
	if err != nil {
		s.diverge(session.Key{}, "the soak itself cannot read the tree: %v", err)
	}
	s.tree = tree
	for _, l := range s.daemons {
		begun := time.Now()
		if !l.rest(tree) {
			return
		}
		s.slowestRest = max(s.slowestRest, time.Since(begun))
		l.life().memory.rested()
	}
	s.ledger.settled()
	s.rests++
}

func (l *lives) rest(tree map[session.Key][]byte) bool {
	var found *difference
	met := within(restPatience, func() bool {
		found = l.compare(tree)
		return found == nil || l.ctx.Err() != nil
	})
	if !met {
		l.diverge(found.key, "--admit %s, life %d: at rest for %v, %s", l.admit, l.life().number, restPatience, found.text)
	}
	return l.ctx.Err() == nil
}

// difference is between a daemon and the model.
type difference struct {
	key  session.Key
	text string
}

// compare takes a picture of the daemon. What it holds must be what its events
// told, and what the model says about the tree.
func (l *lives) compare(tree map[session.Key][]byte) *difference {
	one := l.life()
	got, err := one.TakePicture()
	if err != nil {
		return &difference{text: "no picture: " + err.Error()}
	}
	status, err := one.Now()
	switch {
	case err != nil:
		return &difference{text: "no status: " + err.Error()}
	case status.Busy:
		return &difference{text: "it is busy"}
	case len(status.Unsettled) > 0:
		u := status.Unsettled[0]
		return &difference{u.Session, fmt.Sprintf("unsettled (%s) since %v", u.Reason, u.Since)}
	}
	one.passes = status.Passes
	one.memory.forgive()
	told, owed, current := one.memory.now(status.Revision)
	if !current {
		return &difference{text: "the events lag behind"}
	}
	for key := range owed {
		return &difference{key, "the start did not restore a session"}
	}
	for i := range got.Errors {
		got.Errors[i].Detail = ""
	}
	for key, text := range got.Sessions {
		var content any
		if err := json.Unmarshal([]byte(text), &content); err != nil {
			return &difference{key, "its content is no JSON"}
		}
		got.Sessions[key] = canonical(content)
	}
	return differ(expected(tree, l.admit == "follow", told), got, told)
}

// differ names a key where the pictures differ.
func differ(want, got harness.Picture, told map[session.Key]bool) *difference {
	for _, key := range slices.SortedFunc(maps.Keys(union(want.Sessions, got.Sessions)), session.Key.Compare) {
		wanted, wantIt := want.Sessions[key]
		shown, haveIt := got.Sessions[key]
		switch {
		case wantIt && !haveIt:
			return &difference{key, "a session is missing"}
		case !wantIt && haveIt:
			return &difference{key, "a session is in memory that should not be"}
		case wanted != shown:
			return &difference{key, "a session has another content (-want +got):\n" + cmp.Diff(wanted, shown)}
		case !told[key]:
			return &difference{key, "a session is in memory, but no event told of it"}
		}
	}
	if !cmp.Equal(want.Errors, got.Errors, cmpopts.EquateEmpty()) {
		diff := cmp.Diff(want.Errors, got.Errors, cmpopts.EquateEmpty())
		return &difference{firstDiffering(want.Errors, got.Errors), "the errors are others (-want +got):\n" + diff}
	}
	if len(told) != len(got.Sessions) || want.NotInMemory != got.NotInMemory {
		return &difference{text: fmt.Sprintf("%d sessions in memory, events told of %d; %d valid files not in memory, want %d",
			len(got.Sessions), len(told), got.NotInMemory, want.NotInMemory)}
	}
	return nil
}

func union(a, b map[session.Key]string) map[session.Key]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// firstDiffering returns the key of the first problem that only one list has.
func firstDiffering(a, b []session.Problem) session.Key {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return slices.MinFunc([]session.Key{a[i].Session, b[i].Session}, session.Key.Compare)
		}
	}
	return slices.Concat(a[min(len(a), len(b)):], b[min(len(a), len(b)):])[0].Session
}

// within asks until the answer is yes or the time is over.
func within(limit time.Duration, ask func() bool) bool {
	for deadline := time.Now().Add(limit); ; {
		switch {
		case ask():
			return true
		case time.Now().After(deadline):
			return false
		}
		time.Sleep(20 * time.Millisecond)
	}
}
