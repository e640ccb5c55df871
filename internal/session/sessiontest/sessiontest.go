// Package sessiontest makes sessions for tests of the packages that hold or show
// them.
package sessiontest

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
)

// New returns a session whose content says what the details say.
func New(key session.Key, status string, details session.Details) *session.Session {
	type named struct {
		ID string `json:"id,omitempty"`
		IP string `json:"ip,omitempty"`
	}
	content, err := json.Marshal(struct {
		Email       string              `json:"email,omitempty"`
		Application session.Application `json:"application"`
		Team        session.Team        `json:"team"`
		Device      session.Device      `json:"device"`
		Session     named               `json:"session"`
		Status      string              `json:"status"`
	}{details.Email, details.Application, details.Team, details.Device, named{key.ID, details.IP}, status})
	if err != nil {
		panic(err) // the tests' own texts are UTF-8
	}
	return session.New(key, content, status, session.DigestOf(content))
}

// At returns a session that has a key and nothing else.
func At(key session.Key) *session.Session { return session.New(key, nil, "", session.Digest{}) }

// Compare lets cmp compare sessions, which are plain values.
func Compare() cmp.Option {
	return cmp.Comparer(func(a, b *session.Session) bool { return a == b || a != nil && b != nil && *a == *b })
}

// Typical returns a session of the usual size, as a benchmark wants it.
func Typical() session.Loaded {
	file := `{"application":{"id":"com.contactApp.Contact","name":"Contact","version":"1.0.0"},` +
		`"team":{"id":"UTT7VDX8W5"},"session":{"id":"7023d9205074199d1c16fc00d24354e778137675","ip":"192.0.2.7"},` +
		`"device":{"id":"1E9F6B7C-5D4E-4F3A-9B2C-8D7E6F5A4B3C","description":"Anna's iPhone","os":"iOS","version":"18.1","simulator":false},` +
		`"language":{"id":"en-GB","region":"GB","code":"en"},"email":"anna@example.com","status":"accepted",` +
		`"userInfo":{"name":"Anna Example","department":"Sales","roles":["reader","writer"]}}`
	content, err := session.WithoutSecrets([]byte(file))
	if err != nil {
		panic(err) // the text above is JSON
	}
	key := session.Key{App: "UTT7VDX8W5.com.contactApp.Contact", ID: "7023d9205074199d1c16fc00d24354e778137675"}
	s := session.New(key, content, session.StatusAccepted, session.DigestOf(content))
	return session.Loaded{Session: s, LoadedAt: time.Date(2026, 11, 22, 18, 0, 0, 41, time.UTC), Revision: 1_795_370_340_000_001}
}
