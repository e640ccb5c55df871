package replica

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
)

func loaded(key session.Key, email string) session.Loaded {
	s := sessiontest.New(key, session.StatusAccepted, session.Details{Email: email})
	return session.Loaded{Session: s, Modified: time.Unix(1700000000, 123), LoadedAt: time.Unix(1800000000, 0), Revision: 7}
}

// Another version of an authority must write the same, or it publishes all again.
func TestSessionPayload(t *testing.T) {
	text, err := encodeSession(loaded(session.Key{App: "a.b", ID: "c"}, "anna@example.com"))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"session":"a.b/c","etag":"55965cd2f51cee5a69f879bbaaf6bf60","modified":"2023-11-14T22:13:20.000000123Z",` +
		`"content":{"email":"anna@example.com","application":{},"team":{},"device":{},"session":{"id":"c"},"status":"accepted"}}`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Error(diff)
	}
}

// Whatever a session file says, a follower has the session that the authority has.
func TestAnySessionComesThrough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := session.Key{App: "a.b", ID: rapid.SampledFrom([]string{"c", `"\`, "é"}).Draw(t, "id")}
		content, err := session.WithoutSecrets([]byte(sessiontest.DrawFile(t)))
		if err != nil {
			t.Fatal(err)
		}
		status := rapid.SampledFrom([]string{session.StatusAccepted, session.StatusPending}).Draw(t, "status")
		if content = append(content[:len(content)-1], `,"status":"`+status+`"}`...); string(content[:2]) == "{," {
			content = append([]byte("{"), content[2:]...)
		}
		s := session.New(key, content, status, session.DigestOf(content))
		modified := rapid.Int64Range(0, 1<<60).Draw(t, "modified")
		text, err := encodeSession(session.Loaded{Session: s, Modified: time.Unix(0, modified)})
		if err != nil {
			t.Fatal(err)
		}
		got, gotModified, err := decodeSession(HashOf(key), text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(s, got, sessiontest.Compare()); diff != "" || int64(gotModified) != modified {
			t.Fatalf("%s of %d is read as of %d: %s", text, modified, gotModified, diff)
		}
	})
}

func TestPayloadsThatNoAuthorityWrites(t *testing.T) {
	key := session.Key{App: "a.b", ID: "c"}
	text, err := encodeSession(loaded(key, "anna@example.com"))
	if err != nil {
		t.Fatal(err)
	}
	valid := string(text)
	before, _, _ := strings.Cut(valid, `,"content"`)
	for name, test := range map[string]struct {
		text string
		want error
	}{
		"of another key":      {strings.Replace(valid, "a.b/c", "a.b/d", 1), errPayload},
		"with a bad etag":     {strings.Replace(valid, "55965cd", "55965CD", 1), errPayload},
		"with a token":        {strings.Replace(valid, `"team"`, `"token":"x","team"`, 1), errSecret},
		"with a push token":   {strings.Replace(valid, `"device":{}`, `"device":{"token":"x"}`, 1), errSecret},
		"not compact":         {strings.Replace(valid, `"team":{}`, `"team": {}`, 1), errSecret},
		"with another member": {strings.Replace(valid, `"etag"`, `"x":1,"etag"`, 1), nil},
		"with twice a member": {strings.Replace(valid, `"team":{}`, `"team":{},"team":{}`, 1), nil},
		"cut off":             {valid[:len(valid)-1], nil},
		"with no content":     {before + "}", errPayload},
		"with a list":         {before + `,"content":[]}`, errPayload},
		"empty":               {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := decodeSession(HashOf(key), []byte(test.text)); err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestProblemPayload(t *testing.T) {
	for _, key := range []session.Key{{App: "a.b", ID: "c"}, {App: "a.b"}, {}} {
		want := &session.ActiveError{
			Problem:   *session.NewProblem(key, session.CodeSchema, "detail"),
			Since:     time.Unix(1700000000, 5).UTC(),
			Modified:  7,
			LastKnown: &session.LastKnown{Email: "anna@example.com"},
		}
		text, err := encodeProblem(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeProblem(HashOf(key), text)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		if _, err := decodeProblem(HashOf(session.Key{App: "x.y", ID: "z"}), text); !errors.Is(err, errPayload) {
			t.Errorf("it is taken for another's: %v", err)
		}
	}
}
