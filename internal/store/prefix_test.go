package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// begins is a tree whose folders do not sort as their names do, and whose ids begin
// as each other and as a folder.
func begins() *store.View {
	var all []*session.Session
	for _, key := range []session.Key{
		{App: "a.b-c", ID: "12"},
		{App: "a.b-c", ID: "2"},
		{App: "a.b.c", ID: "1"},
		{App: "a.b", ID: "1"},
		{App: "a.b", ID: "12"},
		{App: "a.b", ID: "123"},
		{App: "a.b", ID: "13"},
		{App: "a.b", ID: "a"},
		{App: "z.y", ID: "a"},
	} {
		all = append(all, newSession(key, session.StatusAccepted, ""))
	}
	return applied(pass(1, admits(all...))).View()
}

func TestSelectByPrefix(t *testing.T) {
	v := begins()
	for _, tc := range []struct {
		filter store.Query
		want   string // keys
	}{
		{store.Query{Prefix: "12"}, "a.b-c/12 a.b/12 a.b/123"},
		{store.Query{Prefix: "123"}, "a.b/123"},
		{store.Query{Prefix: "1234"}, ""},
		{store.Query{Prefix: "a.b/12"}, "a.b/12 a.b/123"},
		{store.Query{Prefix: "a.b/"}, "a.b/1 a.b/12 a.b/123 a.b/13 a.b/a"},
		{store.Query{Prefix: "a.b."}, "a.b.c/1"},
		{store.Query{Prefix: "a.b"}, "a.b-c/12 a.b-c/2 a.b.c/1 a.b/1 a.b/12 a.b/123 a.b/13 a.b/a"},
		{store.Query{Prefix: "a"}, "a.b-c/12 a.b-c/2 a.b.c/1 a.b/1 a.b/12 a.b/123 a.b/13 a.b/a z.y/a"},
		{store.Query{Filter: session.Filter{App: "a.b"}, Prefix: "12"}, "a.b/12 a.b/123"},
		{store.Query{Filter: session.Filter{App: "a.b-c"}, Prefix: "a.b/12"}, ""},
		{store.Query{Prefix: "x.y/1"}, ""},
		{store.Query{Prefix: "1", After: session.Key{App: "a.b", ID: "12"}}, "a.b/123 a.b/13"},
		{store.Query{Prefix: "1", After: session.Key{App: "a.b-c", ID: "3"}}, "a.b.c/1 a.b/1 a.b/12 a.b/123 a.b/13"},
		{store.Query{Prefix: "12", Limit: 2}, "a.b-c/12 a.b/12 …"},
		{store.Query{Prefix: "12", Limit: 3}, "a.b-c/12 a.b/12 a.b/123"},
	} {
		t.Run(fmt.Sprintf("%+v", tc.filter), func(t *testing.T) {
			page, next := v.Select(tc.filter)
			var got []string
			for _, one := range page {
				got = append(got, one.Key().String())
			}
			if next.IsFile() {
				got = append(got, "…")
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// However small the pages are, together they are what one page would hold.
func TestSelectByPrefixInPages(t *testing.T) {
	v := begins()
	for _, prefix := range []string{"1", "12", "a", "a.b", "a.b/1"} {
		whole, _ := v.Select(store.Query{Prefix: prefix})
		var got []session.Key
		f := store.Query{Prefix: prefix, Limit: 1}
		for more := true; more; {
			page, next := v.Select(f)
			got = append(got, page[0].Key())
			f.After, more = next, next.IsFile()
		}
		if want := keysOf(whole); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", prefix, got, want)
		}
	}
}

func keysOf(all []session.Loaded) []session.Key {
	var keys []session.Key
	for _, one := range all {
		keys = append(keys, one.Key())
	}
	return keys
}
