package refresh

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sessiond/internal/session"
)

// Changes end up in the order of their keys, each with its session: also where keys
// begin alike, or are short, or one is the beginning of another. They say so, unless
// one comes twice.
func TestChangesAreSorted(t *testing.T) {
	id := rapid.StringMatching(`(12345678|1234567|123|)[0-9\x00\x{e9}]{0,3}`)
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOf(id).Draw(t, "ids")
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
		if want := len(slices.Compact(ids)) < c.len(); c.jumbled != want {
			t.Fatalf("%v are jumbled: %t", c.told, c.jumbled)
		}
	})
}

// Changes in several folders are in order if the folders are.
func TestChangesInFolders(t *testing.T) {
	for _, test := range []struct {
		folders string
		jumbled bool
	}{{"", false}, {"a", false}, {"ab", false}, {"ba", true}, {"abc", false}, {"acb", true}, {"aa", true}} {
		var all changes
		for _, folder := range test.folders {
			var one changes
			one.add(session.Change{Session: session.NewKey(string(folder)+".x", "1")}, nil)
			one.sort()
			all.append(&one)
			all.append(&changes{})
		}
		if all.jumbled != test.jumbled || all.len() != len(test.folders) {
			t.Errorf("%q: jumbled %t, %v", test.folders, all.jumbled, all.told)
		}
	}
}
