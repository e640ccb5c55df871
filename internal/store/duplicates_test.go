package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
	"sessiond/internal/store"
)

// on is a session of a device.
func on(app, id, application, device, email, description, os string) *session.Session {
	return sessiontest.New(session.Key{App: app, ID: id}, session.StatusAccepted, session.Details{
		Email: email, Application: session.Application{ID: application}, Device: session.Device{ID: device, Description: description, OS: os},
	})
}

func duplicatesOf(v *store.View) *store.Duplicates {
	search := v.SearchDuplicates()
	for search.Step(2) {
	}
	return search.Found()
}

func TestDuplicates(t *testing.T) {
	base := on("T.a.b", "1", "a.b", "D1", "Ann@b.c", "iPhone", "iOS")
	for name, test := range map[string]struct {
		other *session.Session
		want  string
	}{
		"team or none":               {on("a.b", "2", "a.b", "D1", "", "", ""), "certain a.b/2 T.a.b/1"},
		"another address":            {on("a.b", "2", "a.b", "D1", "bob@b.c", "iPhone", "iOS"), "certain a.b/2 T.a.b/1"},
		"another application":        {on("x.y", "2", "x.y", "D1", "ann@b.c", "iPhone", "iOS"), ""},
		"another device":             {on("a.b", "2", "a.b", "D2", "ann@b.c", "iPhone", "iOS"), ""},
		"installed again":            {on("T.a.b", "2", "a.b", "D2", "ann@B.C", "iPhone", "iOS"), "likely T.a.b/2 T.a.b/1"},
		"another description":        {on("T.a.b", "2", "a.b", "D2", "ann@b.c", "iphone", "iOS"), ""},
		"another system":             {on("T.a.b", "2", "a.b", "D2", "ann@b.c", "iPhone", "iPadOS"), ""},
		"somebody else's":            {on("T.a.b", "2", "a.b", "D2", "bob@b.c", "iPhone", "iOS"), ""},
		"the same in every way":      {on("T.a.b", "2", "a.b", "D1", "ann@b.c", "iPhone", "iOS"), "certain T.a.b/2 T.a.b/1; likely T.a.b/2 T.a.b/1"},
		"without an application":     {on("a.b", "2", "", "D1", "", "", ""), ""},
		"without a device":           {on("a.b", "2", "a.b", "", "", "", ""), ""},
		"modified at the same time":  {on("T.a.b", "0", "a.b", "D2", "ann@b.c", "iPhone", "iOS"), "likely T.a.b/1 T.a.b/0"},
		"neither address nor device": {on("T.a.b", "2", "a.b", "D2", "", "iPhone", "iOS"), ""},
	} {
		at := modified.Add(time.Second)
		if strings.HasPrefix(name, "modified at") {
			at = modified
		}
		v := applied(pass(1, admitsAt(modified, base), admitsAt(at, test.other))).View()
		groups, _ := duplicatesOf(v).Groups(nil, 10, func(*store.DuplicateGroup) bool { return true })
		var got []string
		for _, g := range groups {
			text := map[bool]string{true: "certain", false: "likely"}[g.Certain]
			for _, one := range g.Sessions {
				text += " " + one.Key().String()
			}
			got = append(got, text)
		}
		if text := strings.Join(got, "; "); text != test.want {
			t.Errorf("%s: got %q, want %q", name, text, test.want)
		}
	}
	nothing := applied(pass(1, admits(on("T.a.b", "1", "a.b", "", "", "iPhone", "iOS"), on("T.a.b", "2", "a.b", "", "", "iPhone", "iOS")))).View()
	if groups, _ := duplicatesOf(nothing).Groups(nil, 1, func(*store.DuplicateGroup) bool { return true }); len(groups) != 0 {
		t.Errorf("devices that say little are duplicates: %v", groups)
	}
}

// Groups are listed newest first, page by page, and a filter selects all but the newest
// of each.
func TestDuplicatesInPages(t *testing.T) {
	var edits []func(*session.Outcome)
	for i := range 9 {
		id := string(rune('a' + i))
		edits = append(edits,
			admitsAt(modified.Add(time.Duration(i%4)), on("T.a.b", id, "a.b", id, id+"@b.c", "iPhone", "iOS")),
			admitsAt(modified.Add(time.Duration(i%5)), on("a.b", id, "a.b", id, id+"@b.c", "iPhone", "iOS")),
			admitsAt(modified.Add(-2), on("T.a.b", "y"+id, "a.b", id, id+"@b.c", "iPhone", "iOS")), // twice a duplicate
			admitsAt(modified.Add(-1), on("T.a.b", "z"+id, "a.b", "z"+id, id+"@b.c", "iPhone", "iOS")))
	}
	v := applied(pass(1, edits...)).View()
	found := duplicatesOf(v)
	all := func(*store.DuplicateGroup) bool { return true }
	whole, more := found.Groups(nil, 100, all)
	if len(whole) != 18 || more {
		t.Fatalf("%d groups, more %t", len(whole), more)
	}
	if !slices.IsSortedFunc(whole, func(a, b store.DuplicateGroup) int {
		return b.Sessions[0].Modified.Compare(a.Sessions[0].Modified)
	}) {
		t.Error("they are not newest first")
	}
	var after *store.Rank
	for i, more := 0, true; more; {
		var page []store.DuplicateGroup
		page, more = found.Groups(after, 4, all)
		for _, g := range page {
			if g.Rank() != whole[i].Rank() {
				t.Fatalf("group %d is %v, want %v", i, g.Rank(), whole[i].Rank())
			}
			i++
		}
		last := page[len(page)-1].Rank()
		if after = &last; !more && i != len(whole) {
			t.Errorf("the pages have %d groups", i)
		}
	}
	for kind, want := range map[session.DuplicateFilter]int{session.DuplicateCertain: 18, session.DuplicateLikely: 18, session.DuplicateAny: 36 - countBoth(whole)} {
		q := store.Query{Filter: session.Filter{Duplicate: kind}, Duplicates: found, Limit: 2}
		seen := map[session.Key]bool{}
		for {
			page, next := v.Select(q)
			for _, one := range page {
				if seen[one.Key()] {
					t.Errorf("%s: %s twice", kind, one.Key())
				}
				seen[one.Key()] = true
			}
			if q.After = next; !next.IsFile() {
				break
			}
		}
		if len(seen) != want {
			t.Errorf("%s: %d sessions, want %d", kind, len(seen), want)
		}
	}
	if page, _ := v.Select(store.Query{Filter: session.Filter{Duplicate: session.DuplicateAny}}); len(page) != 0 {
		t.Errorf("a filter whose duplicates nobody looked for selects %d sessions", len(page))
	}
}

// countBoth counts the sessions that have a newer one in a group of each kind.
func countBoth(groups []store.DuplicateGroup) (both int) {
	older := map[session.Key]int{}
	for _, g := range groups {
		for _, one := range g.Sessions[1:] {
			older[one.Key()]++
		}
	}
	for _, n := range older {
		both += n - 1
	}
	return both
}
