package session

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSession(t *testing.T) {
	for name, test := range map[string]struct{ id, content string }{
		"as it stands in the content": {"abc", `{"session":{"id":"abc"}}`},
		"with an escape sequence":     {`a"b`, `{"session":{"id":"a\"b"}}`},
		"without a content":           {"abc", ""},
	} {
		t.Run(name, func(t *testing.T) {
			key := NewKey("T.a.b", test.id)
			content := []byte(test.content)
			s := New(key.Place(), content, StatusPending, DigestOf([]byte("file")))
			clear(content) // it is the caller's
			if s.Key() != key || s.App() != "T.a.b" || s.ID() != test.id || s.Status() != StatusPending || s.Digest() != DigestOf([]byte("file")) {
				t.Errorf("got %s of %s and %s, %s", s.Key(), s.App(), s.ID(), s.Status())
			}
			if got := string(s.Content()); got != test.content {
				t.Errorf("the content is %s", got)
			}
		})
	}
	if s := New(Key("T.a.b/c").Place(), nil, StatusAccepted, Digest{}); s.Status() != StatusAccepted {
		t.Errorf("status %s", s.Status())
	}
}

func TestDetails(t *testing.T) {
	yes := true
	for name, test := range map[string]struct {
		content string
		want    Details
	}{
		"all": {
			`{"email":"e","application":{"id":"b","name":"n","version":"1"},"team":{"id":"a"},"session":{"id":"c","ip":"i"},` +
				`"device":{"id":"i","description":"d\u00e9","os":"o","version":"v","simulator":true},"x":[{}]}`,
			Details{"e", Application{"b", "n", "1"}, Team{"a"}, Device{"i", "dé", "o", "v", &yes}, "i"},
		},
		"nothing": {`{"application":{"id":"b"},"session":{"id":"c"}}`, Details{Application: Application{ID: "b"}}},
		"nulls": {
			`{"email":null,"application":{"id":"b","name":null,"version":null},"team":null,"session":{"ip":null},"device":null}`,
			Details{Application: Application{ID: "b"}},
		},
		"numbers as they are written": {
			`{"application":{"version":1.10},"device":{"version":1e999999999}}`,
			Details{Application: Application{Version: "1.10"}, Device: Device{Version: "1e999999999"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(Key("a.b/c").Place(), []byte(test.content), StatusAccepted, Digest{})
			if diff := cmp.Diff(test.want, s.Details()); diff != "" {
				t.Errorf("details (-want +got):\n%s", diff)
			}
		})
	}
}

// The order of sessions is that of their keys as strings: others page by it.
func TestOrder(t *testing.T) {
	name := rapid.StringMatching(`[ab./\-0]{1,4}`)
	rapid.Check(t, func(t *rapid.T) {
		draw := func(what string) *Session {
			app := strings.ReplaceAll(name.Draw(t, what+" app"), "/", "")
			return New(NewKey(app, name.Draw(t, what+" id")).Place(), nil, StatusAccepted, Digest{})
		}
		a, b := draw("a"), draw("b")
		want := strings.Compare(string(a.Key()), string(b.Key()))
		if got := a.Compare(b); got != want {
			t.Fatalf("%q and %q compare as %d, want %d", a.Key(), b.Key(), got, want)
		}
		if got := a.CompareKey(b.Key()); got != want {
			t.Fatalf("%q and the key %q compare as %d, want %d", a.Key(), b.Key(), got, want)
		}
	})
}

func TestDigest(t *testing.T) {
	files := []string{"", "a", "b", strings.Repeat("a", 1000)}
	var digests []Digest
	for _, file := range files {
		digest := DigestOf([]byte(file))
		if slices.Contains(digests, digest) || digest != DigestOf([]byte(file)) {
			t.Errorf("%.10q has the digest %x, others have %x", file, digest, digests)
		}
		digests = append(digests, digest)
	}
}
