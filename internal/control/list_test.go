package control_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// All pages of a sorted list together are the list, whatever it is sorted by, and the
// cursor of one order is refused in another.
func TestSortedList(t *testing.T) {
	w := newWorld(t)
	all := sessions("a.one", 40)
	for i := range all {
		all[i] = newSessionOf(all[i].Key(), []string{session.StatusPending, session.StatusAccepted}[i%2], fmt.Sprintf("U%d@example.com", (i*7)%40), "")
	}
	w.pass(all...)
	byEmail := slices.SortedFunc(slices.Values(all), func(a, b *session.Session) int {
		return strings.Compare(strings.ToLower(a.Email()), strings.ToLower(b.Email()))
	})
	for order, want := range map[string][]*session.Session{
		"key": all, "-key": reversed(all), "email": byEmail, "-email": reversed(byEmail),
		"modified": all, "-loaded": reversed(all), "device": all,
	} {
		sorted, err := session.ParseSort(order)
		if err != nil {
			t.Fatal(err)
		}
		var got []session.Key
		for one, err := range w.client.AllSessions(t.Context(), client.Query{Sort: sorted, Limit: 7}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, one.Session)
		}
		if keys := keysOf(want); !slices.Equal(got, keys) {
			t.Errorf("%s: got %v, want %v", order, got, keys)
		}
	}
	page, err := w.client.Sessions(t.Context(), client.Query{Sort: session.Sort{By: session.SortEmail}, Limit: 7})
	if err != nil || page.Next == "" {
		t.Fatal(page, err)
	}
	w.get("/v1/sessions?sort=-email&cursor="+page.Next).mustFail(t, http.StatusBadRequest, `in another order than "-email"`)
	w.get("/v1/sessions?cursor="+page.Next).mustFail(t, http.StatusBadRequest, "cursor")
}

// The total is that of all pages. It is told unasked where it costs nothing.
func TestTotal(t *testing.T) {
	w := newWorld(t)
	all := append(sessions("a.one", 5200), sessions("b.two", 3)...)
	all[5] = newSessionOf(all[5].Key(), session.StatusPending, "", "")
	all[5201] = newSessionOf(all[5201].Key(), session.StatusPending, "last@example.com", "")
	w.pass(all...)
	for query, want := range map[string]string{
		"":                                    "5203",
		"app=b.two":                           "3",
		"app=none.such":                       "0",
		"status=pending":                      "2",
		"status=accepted&app=a.one":           "5199",
		"email=last*":                         "unknown",
		"prefix=b.two":                        "unknown",
		"email=last*&total=1":                 "1",
		"email=none&total=1":                  "0",
		"prefix=b.two&total=1":                "3",
		"sort=-email&email=last*":             "1",
		"sort=email&app=b.two&status=pending": "1",
	} {
		got := read[api.Page](t, w.get("/v1/sessions?limit=1&"+query).mustBe(t, "application/json"))
		total := "unknown"
		if got.Total != nil {
			total = fmt.Sprint(*got.Total)
		}
		if total != want {
			t.Errorf("%s: the total is %s, want %s", query, total, want)
		}
		if strings.Contains(query, "last*&total") && len(got.Sessions) != 1 {
			t.Errorf("%s: found %d beyond the first thousands", query, len(got.Sessions))
		}
	}
	for cursor, seen := "", 0; ; {
		got, err := w.client.Sessions(t.Context(), client.Query{Filter: session.Filter{Email: "*"}, Total: true, Limit: 1000, Cursor: cursor})
		if err != nil || got.Total == nil || *got.Total != len(all) {
			t.Fatalf("beside the total: %v, %v", got.Total, err)
		}
		seen += len(got.Sessions)
		if cursor = got.Next; cursor == "" {
			if seen != len(all) {
				t.Errorf("the pages have %d sessions, want %d", seen, len(all))
			}
			break
		}
	}
}

func reversed(all []*session.Session) []*session.Session {
	all = slices.Clone(all)
	slices.Reverse(all)
	return all
}

func keysOf(all []*session.Session) []session.Key {
	keys := make([]session.Key, len(all))
	for i, one := range all {
		keys[i] = one.Key()
	}
	return keys
}
