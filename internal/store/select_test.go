package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// listed is a small tree whose app folders' names begin alike: "-" and "." sort
// before "/", so that the folders' keys do not sort as their names do.
func listed() *store.View {
	return applied(pass(1, admits(
		newSession(session.Key{App: "a.b-c", ID: "1"}, session.StatusAccepted, "ann@example.com"),
		newSession(session.Key{App: "a.b-c", ID: "2"}, session.StatusPending, "Bob@Example.com"),
		newSession(session.Key{App: "a.b.c", ID: "1"}, session.StatusAccepted, ""),
		newSession(session.Key{App: "a.b", ID: "1"}, session.StatusAccepted, "ANN@example.com"),
		newSession(session.Key{App: "a.b", ID: "2"}, session.StatusPending, "ann@example.com"),
		newSession(session.Key{App: "a.b", ID: "3"}, session.StatusAccepted, "bob@example.com"),
		newSession(session.Key{App: "a.bc", ID: "1"}, session.StatusPending, "éva@example.com"),
	))).View()
}

func TestSelect(t *testing.T) {
	tests := []struct {
		name   string
		filter store.Query
		want   []session.Key
		more   bool
	}{
		{"all", store.Query{}, []session.Key{{App: "a.b-c", ID: "1"}, {App: "a.b-c", ID: "2"}, {App: "a.b.c", ID: "1"}, {App: "a.b", ID: "1"}, {App: "a.b", ID: "2"}, {App: "a.b", ID: "3"}, {App: "a.bc", ID: "1"}}, false},
		{"first page", store.Query{Limit: 2}, []session.Key{{App: "a.b-c", ID: "1"}, {App: "a.b-c", ID: "2"}}, true},
		{"next page", store.Query{Limit: 4, After: session.Key{App: "a.b-c", ID: "2"}}, []session.Key{{App: "a.b.c", ID: "1"}, {App: "a.b", ID: "1"}, {App: "a.b", ID: "2"}, {App: "a.b", ID: "3"}}, true},
		{"last page, exactly full", store.Query{Limit: 1, After: session.Key{App: "a.b", ID: "3"}}, []session.Key{{App: "a.bc", ID: "1"}}, false},
		{"beyond the last", store.Query{Limit: 2, After: session.Key{App: "a.bc", ID: "1"}}, nil, false},
		{"after a key that is not there", store.Query{After: session.Key{App: "a.b", ID: "25"}}, []session.Key{{App: "a.b", ID: "3"}, {App: "a.bc", ID: "1"}}, false},
		{"app", store.Query{Filter: session.Filter{App: "a.b"}}, []session.Key{{App: "a.b", ID: "1"}, {App: "a.b", ID: "2"}, {App: "a.b", ID: "3"}}, false},
		{"app, full page with others behind", store.Query{Filter: session.Filter{App: "a.b"}, Limit: 3}, []session.Key{{App: "a.b", ID: "1"}, {App: "a.b", ID: "2"}, {App: "a.b", ID: "3"}}, false},
		{"app, page", store.Query{Filter: session.Filter{App: "a.b"}, Limit: 2}, []session.Key{{App: "a.b", ID: "1"}, {App: "a.b", ID: "2"}}, true},
		{"app, after a key of an earlier app", store.Query{Filter: session.Filter{App: "a.b"}, After: session.Key{App: "a.b-c", ID: "2"}}, []session.Key{{App: "a.b", ID: "1"}, {App: "a.b", ID: "2"}, {App: "a.b", ID: "3"}}, false},
		{"app, after a key of a later app", store.Query{Filter: session.Filter{App: "a.b"}, After: session.Key{App: "a.bc", ID: "0"}}, nil, false},
		{"app that begins another's name", store.Query{Filter: session.Filter{App: "a"}}, nil, false},
		{"no such app", store.Query{Filter: session.Filter{App: "x.y"}}, nil, false},
		{"status", store.Query{Filter: session.Filter{Status: session.StatusPending}}, []session.Key{{App: "a.b-c", ID: "2"}, {App: "a.b", ID: "2"}, {App: "a.bc", ID: "1"}}, false},
		{"status, page", store.Query{Filter: session.Filter{Status: session.StatusPending}, Limit: 2}, []session.Key{{App: "a.b-c", ID: "2"}, {App: "a.b", ID: "2"}}, true},
		{"status, only others behind the page", store.Query{Filter: session.Filter{App: "a.b", Status: session.StatusPending}, Limit: 1}, []session.Key{{App: "a.b", ID: "2"}}, false},
		{"no more than so many looked at", store.Query{Filter: session.Filter{Email: "bob@example.com"}, Walk: 2}, []session.Key{{App: "a.b-c", ID: "2"}}, true},
		{"none of those looked at", store.Query{Filter: session.Filter{Email: "nobody"}, Limit: 5, Walk: 6}, nil, true},
		{"all could be looked at", store.Query{Filter: session.Filter{Email: "nobody"}, Limit: 5, Walk: 7}, nil, false},
		{"other app folders are not looked at", store.Query{Filter: session.Filter{App: "a.b", Email: "nobody"}, Walk: 3}, nil, false},
		{"no such status", store.Query{Filter: session.Filter{Status: "ACCEPTED"}}, nil, false},
		{"email in any case", store.Query{Filter: session.Filter{Email: "Ann@Example.COM"}}, []session.Key{{App: "a.b-c", ID: "1"}, {App: "a.b", ID: "1"}, {App: "a.b", ID: "2"}}, false},
		{"email beyond ASCII", store.Query{Filter: session.Filter{Email: "ÉVA@example.com"}}, []session.Key{{App: "a.bc", ID: "1"}}, false},
		{"email of a domain", store.Query{Filter: session.Filter{Email: "*@Example.com", App: "a.b"}}, []session.Key{{App: "a.b", ID: "1"}, {App: "a.b", ID: "2"}, {App: "a.b", ID: "3"}}, false},
		{"email that begins so", store.Query{Filter: session.Filter{Email: "B*"}}, []session.Key{{App: "a.b-c", ID: "2"}, {App: "a.b", ID: "3"}}, false},
		{"email with two patterns", store.Query{Filter: session.Filter{Email: "É*@*.com"}}, []session.Key{{App: "a.bc", ID: "1"}}, false},
		{"email whose pattern overlaps", store.Query{Filter: session.Filter{Email: "ann@ex*xample.com"}}, nil, false},
		{"any email, and none", store.Query{Filter: session.Filter{Email: "*", App: "a.b.c"}}, []session.Key{{App: "a.b.c", ID: "1"}}, false},
		{"part of an email", store.Query{Filter: session.Filter{Email: "ann"}}, nil, false},
		{
			"everything at once",
			store.Query{Filter: session.Filter{App: "a.b", Status: session.StatusAccepted, Email: "BOB@example.com"}, After: session.Key{App: "a.b", ID: "1"}, Limit: 5},
			[]session.Key{{App: "a.b", ID: "3"}},
			false,
		},
	}
	v := listed()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, next := v.Select(tt.filter)
			more := next != session.Key{}
			var got []session.Key
			for _, loaded := range page {
				got = append(got, loaded.Key())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || more != tt.more {
				t.Errorf("more = %t, want %t; keys (-want +got):\n%s", more, tt.more, diff)
			}
		})
	}
}

// Names of folders may begin with a character that sorts before a slash.
func TestSelectFromTheFirst(t *testing.T) {
	all := []session.Key{{App: " a.b", ID: "1"}, {App: "$a.b", ID: "1"}, {App: "-a.b", ID: "1"}, {App: "a.b", ID: "1"}}
	v := applied(pass(1, admits(
		newSession(all[0], session.StatusAccepted, ""),
		newSession(all[1], session.StatusAccepted, ""),
		newSession(all[2], session.StatusAccepted, ""),
		newSession(all[3], session.StatusAccepted, ""),
	))).View()
	page, next := v.Select(store.Query{Limit: len(all)})
	var got []session.Key
	for _, loaded := range page {
		got = append(got, loaded.Key())
	}
	if diff := cmp.Diff(all, got); diff != "" || next != (session.Key{}) {
		t.Errorf("next = %s; keys (-want +got):\n%s", next, diff)
	}
}
