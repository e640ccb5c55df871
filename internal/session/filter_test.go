package session

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// What a filter is given as query is what it writes, and JSON says the same.
func TestFilterMembers(t *testing.T) {
	given := map[string]string{
		"q": "ann  iPhone", "app": "T.a.b", "status": "pending", "email": "*@b.c", "domain": "b.c",
		"device": "iPhone*", "os": "iOS 17*", "modifiedBefore": "2025-06-01T02:03:04.5+02:00",
		"seenBefore": "2025-06-01T02:03:04Z", "duplicate": "certain",
	}
	if len(given) != len(FilterNames()) {
		t.Fatalf("not all of %v are given", FilterNames())
	}
	var f, decoded Filter
	for name, text := range given {
		if err := f.Set(name, text); err != nil {
			t.Fatal(err)
		}
	}
	if got := f.Members(); len(got) != len(given) || got["modifiedBefore"] != given["modifiedBefore"] || got["q"] != given["q"] {
		t.Errorf("got %v", got)
	}
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &decoded); err != nil {
		t.Fatal(err)
	}
	for name, text := range given {
		if got := decoded.Members()[name]; got != text {
			t.Errorf("%s is %q after JSON, want %q", name, got, text)
		}
	}
}

func TestFilterRefuses(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"apps", "x", `unknown filter "apps"; there are q, app, `},
		{"app", "", "app is empty"},
		{"q", " \t", "q is empty"},
		{"status", "Pending", `it may be "accepted" or "pending"`},
		{"domain", "@b.c", "what follows the @"},
		{"modifiedBefore", "yesterday", "it may be a time such as"},
		{"seenBefore", "30d", "it may be a time such as"},
		{"modifiedBefore", "0001-01-01T00:00:00Z", "it may be a time such as"},
		{"duplicate", "yes", `it may be "certain", "likely" or "any"`},
		{"email", strings.Repeat("x", 513), "longer than 512 bytes"},
	} {
		body, _ := json.Marshal(map[string]string{"os": "iOS", test.name: test.text})
		var set, read Filter
		for how, err := range map[string]error{"set": set.Set(test.name, test.text), "JSON": json.Unmarshal(body, &read)} {
			refused, ok := errors.AsType[*FilterError](err)
			if !ok || !strings.Contains(refused.Error(), test.want) {
				t.Errorf("%s %s=%q: %v, want %s", how, test.name, test.text, err, test.want)
			}
		}
		if read != (Filter{}) || set != (Filter{}) {
			t.Errorf("%s=%q leaves %+v, %+v", test.name, test.text, set, read)
		}
	}
	for _, body := range []string{`{"app":1}`, `{"app":null}`, `{"app":"a.b","app":"c.d"}`, `["app"]`, `"app"`} {
		var f Filter
		if err := json.Unmarshal([]byte(body), &f); err == nil {
			t.Errorf("%s is taken as %+v", body, f)
		}
	}
}

func TestMatcher(t *testing.T) {
	modified := time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)
	s := New(Key{App: "T.a.b", ID: "c0ffee"}, []byte(`{"email":"Ann.Lee@Example.COM","session":{"id":"c0ffee"},`+
		`"device":{"id":"D-1","description":"\u00c9va's Stra\u00dfe iPhone","os":"iOS","version":17.2}}`), StatusPending, Digest{})
	for _, test := range []struct {
		filter Filter
		want   bool
	}{
		{Filter{}, true},
		{Filter{App: "T.a.b"}, true},
		{Filter{App: "t.a.b"}, false},
		{Filter{Status: "pending"}, true},
		{Filter{Status: "accepted"}, false},
		{Filter{Words: "ann"}, true},
		{Filter{Words: "IPHONE ann.lee"}, true},
		{Filter{Words: "iPhone bob"}, false},
		{Filter{Words: "iPhoneT.a.b"}, false}, // no word is in two texts
		{Filter{Words: "C0FFEE t.A.b"}, true},
		{Filter{Words: "éva"}, true},
		{Filter{Words: "E\u0301VA"}, true}, // the accent by itself
		{Filter{Words: "eva"}, false},
		{Filter{Words: "STRASSE"}, true},
		{Filter{Words: "ios"}, false},
		{Filter{Words: "d-1"}, false},
		{Filter{Email: "ann.lee@example.com"}, true},
		{Filter{Email: "*@example.com"}, true},
		{Filter{Email: "ann.lee"}, false},
		{Filter{Domain: "EXAMPLE.com"}, true},
		{Filter{Domain: "xample.com"}, false},
		{Filter{Domain: "com"}, false},
		{Filter{Domain: "example.*"}, false}, // no pattern
		{Filter{Device: "éva's strasse iphone"}, true},
		{Filter{Device: "*iphone"}, true},
		{Filter{Device: "iphone"}, false},
		{Filter{Device: "d-1"}, true},
		{Filter{OS: "ios"}, true},
		{Filter{OS: "iOS 17.2"}, true},
		{Filter{OS: "iOS 17*"}, true},
		{Filter{OS: "iOS 1"}, false},
		{Filter{ModifiedBefore: modified}, false},
		{Filter{ModifiedBefore: modified.Add(1)}, true},
		{Filter{App: "T.a.b", Status: "pending", Words: "ann", Email: "ann*", Domain: "example.com", Device: "*", OS: "*"}, true},
		{Filter{Device: "*", OS: "*", Words: "ann", Domain: "example.org"}, false},
	} {
		if got := test.filter.Matcher().Matches(s, modified); got != test.want {
			t.Errorf("%v: %t, want %t", test.filter.Members(), got, test.want)
		}
	}
	bare := New(Key{App: "a.b", ID: "c"}, []byte(`{}`), StatusAccepted, Digest{})
	for _, f := range []Filter{{Email: "x*"}, {Domain: "b.c"}, {Device: "x*"}, {OS: "i*"}, {Words: "x"}} {
		if f.Matcher().Matches(bare, modified) {
			t.Errorf("%v matches a session that says nothing", f.Members())
		}
	}
}

// Domains that differ in more than the case of letters, or in how Unicode writes them, are
// others.
func TestDomainMatches(t *testing.T) {
	for _, test := range []struct {
		domain, email string
		want          bool
	}{
		{"STRASSE.example", "ann@strasse.example", true},
		{"strasse.example", "ann@stra\u00dfe.example", false},
		{"stra\u00dfe.example", "ann@strasse.example", false},
		{"stra\u00dfe.example", "ann@STRA\u1e9eE.example", true},
		{"caf\u00e9.example", "ann@CAFE\u0301.example", true},
		{"cafe\u0301.example", "ann@CAF\u00c9.example", true},
		{"cafe.example", "ann@caf\u00e9.example", false},
		{"office.example", "ann@o\ufb03ce.example", false},
		{"b.example", `"a@b.example"@c.example`, false},
		{"c.example", `"a@b.example"@c.example`, true},
		{"c.example", "c.example", false},
	} {
		s := New(Key{App: "a.b", ID: "c"}, fmt.Appendf(nil, `{"email":%q}`, test.email), StatusAccepted, Digest{})
		f := Filter{Domain: test.domain}
		if got := f.Matcher().Matches(s, time.Time{}); got != test.want {
			t.Errorf("%s of %s: %t, want %t", test.domain, test.email, got, test.want)
		}
		// A whole address is compared by the same rule as its domain.
		f = Filter{Email: "*@" + test.domain}
		if got := f.Matcher().Matches(s, time.Time{}); got != test.want && strings.Count(test.email, "@") == 1 {
			t.Errorf("*@%s is %s: %t, want %t", test.domain, test.email, got, test.want)
		}
	}
}

// Who was last seen before a moment is told by somebody else; who never was counts by the
// file, and where nobody can tell, nobody was.
func TestSeenBefore(t *testing.T) {
	at := time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)
	s := New(Key{App: "a.b", ID: "c"}, []byte(`{}`), StatusAccepted, Digest{})
	for name, test := range map[string]struct {
		seen, modified time.Time
		want           bool
	}{
		"before":                 {at.Add(-1), at, true},
		"then":                   {at, at.Add(-1), false},
		"never, an old file":     {time.Time{}, at.Add(-1), true},
		"never, a log-in of now": {time.Time{}, at, false},
	} {
		f := Filter{SeenBefore: at}
		m := f.Matcher()
		if m.Matches(s, test.modified) {
			t.Errorf("%s: it passes although nobody tells when it was seen", name)
		}
		m.SeenAt = func(key Key) time.Time {
			if key != s.Key() {
				t.Errorf("asked about %s", key)
			}
			return test.seen
		}
		if got := m.Matches(s, test.modified); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
}
