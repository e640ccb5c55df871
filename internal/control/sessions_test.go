package control_test

import (
	"bytes"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/client"
	"sessiond/internal/session"
)

// What is looked for among many sessions is looked for in steps: pages without any
// session lead to it.
func TestPagesMayBeEmpty(t *testing.T) {
	w := newWorld(t)
	const walked = 5_000
	last := newSession(session.Key{App: "a.b", ID: "last"}, "bert@example.com")
	w.pass(append(sessions("a.b", 2*walked), last)...)
	query := client.Query{Filter: session.Filter{Email: "bert@example.com"}}
	for want := range 3 {
		page, err := w.client.Sessions(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		if found, more := len(page.Sessions) == 1, page.Next != ""; found != (want == 2) || more == found {
			t.Errorf("page %d has %d sessions, next %q", want, len(page.Sessions), page.Next)
		}
		query.Cursor = page.Next
	}
	var found []session.Key
	for one, err := range w.client.AllSessions(t.Context(), client.Query{Filter: session.Filter{Email: "bert@example.com"}}) {
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, one.Session)
	}
	if diff := cmp.Diff([]session.Key{last.Key()}, found); diff != "" {
		t.Error(diff)
	}
}

// Answers that are written at the same time have nothing in common.
func TestAnswersAreNotMixed(t *testing.T) {
	w := newWorld(t)
	all := sessions("a.b", 8)
	w.pass(all...)
	var clients sync.WaitGroup
	for _, s := range all {
		clients.Go(func() {
			for range 200 {
				got, err := w.client.Session(t.Context(), s.Key())
				if err != nil || got.Session != s.Key() || !bytes.Equal(got.Content, s.Content()) {
					t.Errorf("asked for %s and got %v, %v", s.Key(), got, err)
					return
				}
			}
		})
	}
	clients.Wait()
}
