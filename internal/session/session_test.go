package session

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSession(t *testing.T) {
	for name, test := range map[string]struct{ id, content string }{
		"as it stands in the content": {"abc", `{"session":{"id":"abc"}}`},
		"with an escape sequence":     {`a"b`, `{"session":{"id":"a\"b"}}`},
		"without a content":           {"abc", ""},
	} {
		t.Run(name, func(t *testing.T) {
			key := Key{App: "T.a.b", ID: test.id}
			content := []byte(test.content)
			s := New(key, content, StatusPending, DigestOf([]byte("file")))
			clear(content) // it is the caller's
			if s.Key() != key || s.Status() != StatusPending || s.Digest() != DigestOf([]byte("file")) {
				t.Errorf("got %s, %s", s.Key(), s.Status())
			}
			if got := string(s.Content()); got != test.content {
				t.Errorf("the content is %s", got)
			}
		})
	}
	if s := New(Key{App: "T.a.b", ID: "c"}, nil, StatusAccepted, Digest{}); s.Status() != StatusAccepted {
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
			s := New(Key{App: "a.b", ID: "c"}, []byte(test.content), StatusAccepted, Digest{})
			if diff := cmp.Diff(test.want, s.Details()); diff != "" {
				t.Errorf("details (-want +got):\n%s", diff)
			}
		})
	}
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
