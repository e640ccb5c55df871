package store_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// described is a session with what lists are sorted and filtered by.
func described(key session.Key, status, email, device string) *session.Session {
	content := fmt.Sprintf(`{"email":%q,"device":{"description":%q,"id":%q,"os":"iOS"},"session":{"id":%q}}`, email, device, "D"+key.ID, key.ID)
	return session.New(key, []byte(content), status, session.DigestOf([]byte(content)))
}

// admitsAt admits or updates a session whose file was modified then.
func admitsAt(modified time.Time, s *session.Session) func(*session.Outcome) {
	return func(o *session.Outcome) {
		o.Changes = append(o.Changes, session.MemoryChange{Session: s, Kind: session.ChangeAdmitted, Modified: modified.UnixNano()})
	}
}

var anySession = rapid.Custom(func(t *rapid.T) func(*session.Outcome) {
	s := described(anyKey.Draw(t, "key"), anyStatus.Draw(t, "status"),
		rapid.SampledFrom([]string{"", "ann@b.c", "Ann@b.c", "zoë@b.c", "ZOE@x.y"}).Draw(t, "email"),
		rapid.SampledFrom([]string{"", "iPhone", "iphone 2", "Pixel"}).Draw(t, "device"))
	return admitsAt(start.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "modified"))), s)
})

var anyFilter = rapid.Custom(func(t *rapid.T) session.Filter {
	var f session.Filter
	switch rapid.IntRange(0, 7).Draw(t, "filter") {
	case 1:
		f.Words = rapid.SampledFrom([]string{"ANN iphone", "T.a 0", "zoë"}).Draw(t, "q")
	case 2:
		f.Domain = "b.c"
	case 3:
		f.Device = "iphone*"
	case 4:
		f.ModifiedBefore = start
	case 5:
		f.Status, f.App = anyStatus.Draw(t, "status"), anyFolder.Draw(t, "app")
	case 6:
		f.Email = "ann@*"
	}
	return f
})

var anySort = rapid.Custom(func(t *rapid.T) session.Sort {
	return session.Sort{By: rapid.SampledFrom(session.SortFields()).Draw(t, "by"), Descending: rapid.Bool().Draw(t, "descending")}
})

// pageOf scans for a page in steps.
func pageOf(v *store.View, q store.Query, order session.Sort, after *store.Rank, step int) (page []session.Loaded, more bool, total int) {
	scan := v.Scan(q, order, after)
	for scan.Step(step) {
	}
	page, more = scan.Page()
	return page, more, scan.Total()
}

// pagesOf follows the pages to the last, with something between each and the next.
func pagesOf(t *rapid.T, s *store.Store, q store.Query, order session.Sort, between func()) (all []session.Loaded, total int) {
	var after *store.Rank
	for more := true; more; {
		step := rapid.SampledFrom([]int{1, 7, 5000}).Draw(t, "step")
		var page []session.Loaded
		page, more, total = pageOf(s.View(), q, order, after, step)
		if all = append(all, page...); len(all) > 10_000 {
			t.Fatal("the pages do not end")
		}
		if more {
			if len(page) != q.Limit {
				t.Fatalf("a page of %d with more behind", len(page))
			}
			last := store.RankOf(page[len(page)-1], order.By)
			after = &last
			between()
		}
	}
	return all, total
}

// seenAt is when sessions were last seen: some never were.
func seenAt(key session.Key) time.Time {
	n := 0
	for _, c := range []byte(key.String()) {
		n += int(c)
	}
	if n%4 == 0 {
		return time.Time{}
	}
	return start.Add(time.Duration(n%4) * time.Hour)
}

// compareBy is what rank says, in other words.
func compareBy(order session.Sort) func(a, b session.Loaded) int {
	text := func(l session.Loaded) string {
		switch order.By {
		case session.SortEmail:
			return strings.ToLower(l.Details().Email)
		case session.SortStatus:
			return l.Status()
		case session.SortDevice:
			return strings.ToLower(l.Details().Device.Description)
		}
		return ""
	}
	return func(a, b session.Loaded) int {
		if order.Descending {
			a, b = b, a
		}
		switch order.By {
		case session.SortModified:
			return cmp.Or(a.Modified.Compare(b.Modified), a.Key().Compare(b.Key()))
		case session.SortLoaded:
			return cmp.Or(a.LoadedAt.Compare(b.LoadedAt), a.Key().Compare(b.Key()))
		case session.SortSeen:
			return cmp.Or(seenAt(a.Key()).Compare(seenAt(b.Key())), a.Key().Compare(b.Key()))
		}
		return cmp.Or(strings.Compare(text(a), text(b)), a.Key().Compare(b.Key()))
	}
}

// While nothing changes, all pages together are the sorted list, whatever it is sorted and
// filtered by.
func TestPagesAreTheList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := store.New(start)
		for i, admit := range rapid.SliceOfN(anySession, 0, 60).Draw(t, "sessions") {
			s.Apply(pass(i/5+1, admit))
		}
		q := store.Query{Filter: anyFilter.Draw(t, "filter"), SeenAt: seenAt, Limit: rapid.IntRange(1, 20).Draw(t, "limit")}
		order := anySort.Draw(t, "sort")
		got, total := pagesOf(t, s, q, order, func() {})

		q.Limit = 0
		want, _ := s.View().Select(q)
		slices.SortFunc(want, compareBy(order))
		if diff := gocmp.Diff(keysOf(want), keysOf(got)); diff != "" || total != len(want) {
			t.Fatalf("%s of %v: total %d, keys (-want +got):\n%s", order, q.Members(), total, diff)
		}
		if n, known := s.View().Count(q); known && n != total {
			t.Fatalf("counted %d of %v, want %d", n, q.Members(), total)
		}
	})
}

// Whatever comes and goes between the pages, a session that stays as it is is on exactly
// one of them.
func TestPagesBesideChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, number := store.New(start), 1
		change := func() {
			number++
			s.Apply(pass(number, rapid.SliceOfN(anySession, 0, 9).Draw(t, "changes")...))
			if keys := keysOf(selectAll(s)); rapid.Bool().Draw(t, "remove") && len(keys) > 0 {
				number++
				s.Apply(pass(number, removes(rapid.SampledFrom(keys).Draw(t, "gone"))))
			}
		}
		for range 4 {
			change()
		}
		q := store.Query{Filter: anyFilter.Draw(t, "filter"), SeenAt: seenAt, Limit: rapid.IntRange(1, 5).Draw(t, "limit")}
		order := anySort.Draw(t, "sort")
		stayed, _ := s.View().Select(store.Query{Filter: q.Filter})
		budget := 20
		got, _ := pagesOf(t, s, q, order, func() {
			if budget--; budget > 0 {
				change()
			}
			stayed = slices.DeleteFunc(stayed, func(was session.Loaded) bool {
				now, there := s.View().Get(was.Key())
				return !there || now != was
			})
		})
		for _, one := range stayed {
			found := slices.DeleteFunc(keysOf(got), func(key session.Key) bool { return key != one.Key() })
			if len(found) != 1 {
				t.Fatalf("%s of %v: %s is %d times among %v", order, q.Members(), one.Key(), len(found), keysOf(got))
			}
		}
	})
}

func selectAll(s *store.Store) []session.Loaded {
	all, _ := s.View().Select(store.Query{})
	return all
}
