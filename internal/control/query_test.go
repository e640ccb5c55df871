package control

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

const epoch session.Epoch = 0x1f

func TestCursor(t *testing.T) {
	for _, key := range []session.Key{{App: "a.b", ID: "c"}, {App: "com.Ünïcode app", ID: "100% é\n"}, {App: "a.b"}, {}, {App: "a"}, {App: "a.b", ID: "c/d"}} {
		_, known := parseAnyKey(key.String())
		got, err := parseCursor(formatCursor(epoch, key), epoch)
		if (err == nil) != known || err == nil && got != key {
			t.Errorf("the cursor of %q leads to %q, %v", key, got, err)
		}
	}
}

// A cursor or a revision of another run is refused with what to do; one that names no
// run is taken for this one's.
func TestAnotherRun(t *testing.T) {
	key := session.Key{App: "a.b", ID: "c"}
	cursor := formatCursor(epoch, key)
	if got, err := parseCursor(cursor[len("0000001f-"):], epoch); err != nil || got != key {
		t.Errorf("a cursor without an epoch leads to %q, %v", got, err)
	}
	_, err := parseCursor(cursor, epoch+1)
	_, since := parseSince(url.Values{"since": {"0000001f-7"}}, epoch+1)
	for _, err := range []error{err, since} {
		var p *problem
		if !errors.As(err, &p) || p.Type != api.KindAnotherRun || !strings.Contains(p.Detail, "epoch 0000001f, now 00000020") {
			t.Errorf("of another run: %v", err)
		}
	}
	for _, text := range []string{"0000001f-7", "7"} {
		if got, err := parseSince(url.Values{"since": {text}}, epoch); err != nil || got == nil || *got != 7 {
			t.Errorf("since %s: %v, %v", text, got, err)
		}
	}
}

// The cursor of a sorted list leads to where it was taken, and nowhere in another order.
func TestCursorOfSorted(t *testing.T) {
	byEmail, latest := session.Sort{By: session.SortEmail}, session.Sort{By: session.SortModified, Descending: true}
	key := session.Key{App: "a.b", ID: "c"}
	for _, test := range []struct {
		order session.Sort
		rank  store.Rank
	}{
		{byEmail, store.Rank{Key: key}},
		{byEmail, store.Rank{Text: "a\x00b\xff", Key: session.Key{App: "com.Ünïcode app", ID: "100% é"}}},
		{latest, store.Rank{Number: -5, Key: key}},
		{session.Sort{Descending: true}, store.Rank{Key: key}},
	} {
		cursor := formatRank(epoch, test.order, test.rank)
		if got, err := parseRank(cursor, test.order, epoch); err != nil || got != test.rank {
			t.Errorf("the cursor of %v in the order %q leads to %v, %v", test.rank, test.order, got, err)
		}
		if _, err := parseCursor(cursor, epoch); err == nil {
			t.Errorf("the cursor of %v is taken in the order of keys", test.rank)
		}
	}
	for cursor, want := range map[string]string{
		formatRank(epoch, latest, store.Rank{Key: key}): `in another order than "email"`,
		formatCursor(epoch, key):                        "not one that a page gave",
		formatRank(epoch, byEmail, store.Rank{}):        "not one that a page gave",
		"!":                                             "not one that a page gave",
		formatRank(epoch+1, byEmail, store.Rank{Key: key}): "another run",
	} {
		if got, err := parseRank(cursor, byEmail, epoch); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s leads to %v, %v; want %s", cursor, got, err, want)
		}
	}
}

// FuzzQuery reads queries of any kind. What is accepted must be within bounds and
// survive being written and read again.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "sort=-email&total=1&cursor=" + formatRank(epoch, session.Sort{By: session.SortEmail, Descending: true}, store.Rank{Text: "a\x00b", Key: session.Key{App: "a.b", ID: "c"}}),
		"sort=modified&cursor=bW9kaWZpZWQALTUAAGEuYi9j", "q=x+y&domain=b.c&os=i*&device=d&modifiedBefore=2025-06-01T02:03:04Z", "q=+", "app=a.b&status=pending&email=x%40y&limit=7&cursor=" + formatCursor(epoch, session.Key{App: "a.b", ID: "c"}), "since=18446744073709551615",
		"limit=1001", "limit=-1", "cursor=%00", "app=a&app=b", "status=gone", "a;b", "%zz", "x=y", "since=1e3", "cursor=YS5iL2M=", "cursor=YS5iL2M%0D", "cursor=0000001f-YS5iL2M", "since=0000001f-1",
	} {
		f.Add(seed)
	}
	takes := filtered("sort", "total", "limit", "cursor", "since")
	f.Fuzz(func(t *testing.T, raw string) {
		query, err := parseQuery(raw, takes)
		if err != nil {
			return
		}
		again, err := url.ParseQuery(query.Encode())
		if err != nil || len(again) != len(query) {
			t.Fatalf("%q does not survive: %v", raw, err)
		}
		if since, err := parseSince(query, epoch); err == nil && (since == nil) != (query.Get("since") == "") {
			t.Fatalf("since of %q is %v", raw, since)
		}
		filter, err := parseList(&request{query: query}, epoch)
		if err != nil {
			return
		}
		if filter.Limit < 1 || filter.Limit > maxLimit {
			t.Fatalf("the limit of %q is %d", raw, filter.Limit)
		}
		if cursor := query.Get("cursor"); cursor != "" && filter.sort != (session.Sort{}) {
			if got := formatRank(epoch, filter.sort, *filter.after); got != cursor && !strings.HasSuffix(got, "-"+cursor) {
				t.Fatalf("the cursor of %q would be written %q", raw, got)
			}
		} else if cursor != "" {
			if _, ok := parseAnyKey(filter.After.String()); !ok {
				t.Fatalf("the cursor of %q is no key: %q", raw, filter.After)
			}
			if got := formatCursor(epoch, filter.After); got != cursor && !strings.HasSuffix(got, "-"+cursor) {
				t.Fatalf("the cursor of %q would be written %q", raw, got)
			}
		}
	})
}
