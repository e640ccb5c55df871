package refresh

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sessiond/internal/session"
)

// Changes end up in the order of their keys, each with its session: also where keys
// begin alike, or are short, or one is the beginning of another.
func TestChangesAreSorted(t *testing.T) {
	id := rapid.StringMatching(`(12345678|1234567|123|)[0-9\x00\x{e9}]{0,3}`)
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfDistinct(id, rapid.ID).Draw(t, "ids")
		var c changes
		for _, id := range ids {
			key := session.NewKey("a.b", id)
			c.add(session.Change{Session: key}, session.New(key, nil, session.StatusAccepted, session.Digest{}))
		}
		c.sort()
		for i, change := range c.told {
			if c.sessions[i].Key() != change.Session {
				t.Fatalf("%q has the session of %q", change.Session, c.sessions[i].Key())
			}
		}
		slices.Sort(ids)
		if !slices.EqualFunc(ids, c.told, func(id string, c session.Change) bool { return c.Session.ID() == id }) {
			t.Fatalf("got %v, want %q", c.told, ids)
		}
		if !slices.IsSortedFunc(c.told, func(a, b session.Change) int { return cmp.Compare(a.Session, b.Session) }) {
			t.Fatalf("%v are not sorted", c.told)
		}
	})
}
