package api_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"pgregory.net/rapid"

	"sessiond/internal/api"
	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
)

// What is appended has exactly the members of what is described.
func TestAppended(t *testing.T) {
	one := session.Loaded{
		Session:  session.New(session.Key{App: "a.b", ID: "c"}, []byte(`{"email":"e","application":{"version":1}}`), session.StatusPending, session.Digest{}),
		Modified: time.Unix(0, 5).UTC(), LoadedAt: time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC), Revision: 7,
	}
	seen := one
	seen.SeenAt = time.Date(2026, 11, 22, 18, 5, 0, 0, time.UTC)
	next := func(cursor string) func(int) string { return func(int) string { return cursor } }
	at := session.Position{Epoch: 0x1f, Revision: 5}
	for name, test := range map[string]struct {
		got  []byte
		read any
	}{
		"an empty page": {api.AppendPage(nil, nil, 1000, next(""), nil, at), new(api.Page)},
		"a seen one":    {api.AppendDetail(nil, seen), new(api.Detail)},
		"a last page":   {api.AppendPage(nil, []session.Loaded{one}, 1000, next(""), nil, at), new(api.Page)},
		"a page":        {api.AppendPage(nil, []session.Loaded{one, one}, 1000, next("0000001f-bmV4dA"), new(7), at), new(api.Page)},
		"a session":     {api.AppendDetail(nil, one), new(api.Detail)},
	} {
		if err := json.Unmarshal(test.got, test.read, json.RejectUnknownMembers(true)); err != nil {
			t.Errorf("%s: cannot read %s: %v", name, test.got, err)
			continue
		}
		if again, err := json.Marshal(test.read); err != nil || !bytes.Equal(again, test.got) {
			t.Errorf("%s: %v\ngot  %s\nwant %s", name, err, test.got, again)
		}
	}
}

func TestSummaryJSON(t *testing.T) {
	at := time.Date(2026, 11, 22, 18, 0, 0, 123456789, time.UTC)
	for name, test := range map[string]struct {
		session *session.Session
		want    string
	}{
		"bare": {
			session.New(session.Key{App: "a.b", ID: "c"}, []byte(`{}`), session.StatusPending, session.Digest{}),
			`{"session":"a.b/c","app":"a.b","id":"c","status":"pending","modified":"2026-11-22T17:59:59.123456789Z","loadedAt":"2026-11-22T18:00:00.123456789Z","revision":5}`,
		},
		"with all": {
			session.New(session.Key{App: "a.b", ID: "c"}, []byte(`{"email":"e","session":{"id":"c","ip":"i"},"application":{"id":"b","name":"n","version":1},"team":{"id":"a"},`+
				`"device":{"id":"i","description":"d","os":"o","version":"v","simulator":false}}`), session.StatusAccepted, session.Digest{}),
			`{"session":"a.b/c","app":"a.b","id":"c","status":"accepted","email":"e","application":{"id":"b","name":"n","version":"1"},"team":{"id":"a"},` +
				`"device":{"id":"i","description":"d","os":"o","version":"v","simulator":false},"ip":"i","modified":"2026-11-22T17:59:59.123456789Z","loadedAt":"2026-11-22T18:00:00.123456789Z","revision":5}`,
		},
	} {
		got := string(api.AppendSummary(nil, session.Loaded{Session: test.session, Modified: at.Add(-time.Second), LoadedAt: at, Revision: 5}))
		if got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, test.want)
		}
	}
}

// What is written without an encoder is what one would write.
func TestAppendedAsEncoded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file := sessiontest.DrawFile(t)
		content, err := session.WithoutSecrets([]byte(file))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		key := session.Key{App: "T.a\"b", ID: rapid.SampledFrom([]string{"c", `"é\`, "id"}).Draw(t, "id")}
		l := session.Loaded{
			Session:  session.New(key, content, session.StatusPending, session.Digest{}),
			Modified: time.Date(2026, 11, 22, 17, 0, 0, 120_000, time.UTC), LoadedAt: time.Date(2026, 11, 22, 18, 0, 0, 120, time.UTC), Revision: 5,
		}
		says := l.Details()
		summary := api.Summary{
			Session: key, App: key.App, ID: key.ID, Status: l.Status(),
			Email: says.Email, Application: says.Application, Team: says.Team, Device: says.Device, IP: says.IP,
			Modified: l.Modified, LoadedAt: l.LoadedAt, Revision: l.Revision,
		}
		want, err := json.Marshal(summary)
		if err != nil {
			t.Fatal(err)
		}
		if got := api.AppendSummary([]byte("before"), l); string(got) != "before"+string(want) {
			t.Fatalf("summary of %s:\n%s, want\n%s", content, got[len("before"):], want)
		}
		want, err = json.Marshal(api.Detail{Summary: summary, Content: content})
		if err != nil {
			t.Fatal(err)
		}
		if got := api.AppendDetail(nil, l); !bytes.Equal(got, want) {
			t.Fatalf("detail:\n%s, want\n%s", got, want)
		}
	})
}
