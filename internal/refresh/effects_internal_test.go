package refresh

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"sessiond/internal/session"
)

// placed returns a session of a key, and nothing else.
func placed(key session.Key) *session.Session {
	return session.New(key.Place(), nil, session.StatusAccepted, session.Digest{})
}

// Effects end up in the order of their keys: also where keys begin alike, or are
// short, or one is the beginning of another. Those of one key stay as they came, and
// then the effects say that they are jumbled.
func TestEffectsAreSorted(t *testing.T) {
	id := rapid.StringMatching(`(12345678|1234567|123|)[0-9\x00\x{e9}]{0,3}`)
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOf(id).Draw(t, "ids")
		var e effects
		for _, id := range ids {
			e.all = append(e.all, session.Effect{Session: placed(session.NewKey("a.b", id))})
		}
		came := slices.Clone(e.all)
		e.sort()
		slices.SortStableFunc(came, func(a, b session.Effect) int { return a.Session.Compare(b.Session) })
		if !slices.Equal(e.all, came) {
			t.Fatalf("got %v of %q", e.all, ids)
		}
		slices.Sort(ids)
		if want := len(slices.Compact(ids)) < len(e.all); e.jumbled != want {
			t.Fatalf("%v are jumbled: %t", e.all, e.jumbled)
		}
	})
}

// Effects in several folders are in order if the folders are, and those in each. In a
// folder with a capital letter, one key comes twice. Readers are told.
func TestEffectsInFolders(t *testing.T) {
	for _, test := range []struct {
		folders string
		jumbled bool
	}{
		{"", false},
		{"a", false},
		{"ab", false},
		{"ba", true},
		{"abc", false},
		{"acb", true},
		{"aa", true},
		{"A", true},
		{"Ab", true},
		{"aB", true},
		{"aBc", true},
	} {
		var all tally
		n := 0
		for _, folder := range test.folders {
			one := tally{}
			key := session.NewKey(strings.ToLower(string(folder))+".x", "1")
			one.effect(session.KindDeleted, placed(key))
			if unicode.IsUpper(folder) {
				one.effect(session.KindAdmitted, placed(key))
			}
			n += len(one.effects.all)
			one.sort()
			all.merge(&one)
			all.merge(&tally{})
		}
		if got := all.result(session.Report{}); got.InOrder == test.jumbled || len(got.Effects) != n {
			t.Errorf("%q: in order %t, %v", test.folders, got.InOrder, got.Effects)
		}
	}
}
