package control

import (
	"net/url"
	"testing"

	"sessiond/internal/session"
)

func TestCursor(t *testing.T) {
	for _, key := range []session.Key{{App: "a.b", ID: "c"}, {App: "com.Ünïcode app", ID: "100% é\n"}, {App: "a.b"}} {
		got, err := parseCursor(formatCursor(key))
		if _, keyErr := session.ParseKey(key.String()); (err == nil) != (keyErr == nil) {
			t.Errorf("parseCursor of %q = %v, but ParseKey says %v", key, err, keyErr)
		} else if err == nil && got != key {
			t.Errorf("the cursor of %q leads to %q", key, got)
		}
	}
}

// FuzzQuery reads queries of any kind. What is accepted must be within bounds and
// survive being written and read again.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "app=a.b&status=pending&email=x%40y&limit=7&cursor=" + formatCursor(session.Key{App: "a.b", ID: "c"}), "since=18446744073709551615",
		"limit=1001", "limit=-1", "cursor=%00", "app=a&app=b", "status=gone", "a;b", "%zz", "x=y", "since=1e3", "cursor=YS5iL2M=", "cursor=YS5iL2M%0D",
	} {
		f.Add(seed)
	}
	takes := []string{"app", "status", "email", "limit", "cursor", "since"}
	f.Fuzz(func(t *testing.T, raw string) {
		query, err := parseQuery(raw, takes)
		if err != nil {
			return
		}
		again, err := url.ParseQuery(query.Encode())
		if err != nil || len(again) != len(query) {
			t.Fatalf("%q does not survive: %v", raw, err)
		}
		if since, err := parseSince(query); err == nil && (since == nil) != (query.Get("since") == "") {
			t.Fatalf("since of %q is %v", raw, since)
		}
		filter, err := parseFilter(query)
		if err != nil {
			return
		}
		if filter.Limit < 1 || filter.Limit > maxLimit {
			t.Fatalf("the limit of %q is %d", raw, filter.Limit)
		}
		if !filter.After.IsRoot() {
			if _, err := session.ParseKey(filter.After.String()); err != nil {
				t.Fatalf("the cursor of %q is no key: %v", raw, err)
			}
			if got := formatCursor(filter.After); got != query.Get("cursor") {
				t.Fatalf("the cursor of %q would be written %q", raw, got)
			}
		}
	})
}
