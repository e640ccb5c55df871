// Package sessiontest makes sessions for tests of the packages that hold or show
// them.
package sessiontest

import (
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
