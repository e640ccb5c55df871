package session_test

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
)

// decoded is what a session's details should be: what a decoder reads from its
// content.
func decoded(t *rapid.T, s *session.Session) session.Details {
	var d struct {
		Email       string `json:"email"`
		Application struct {
			ID      string         `json:"id"`
			Name    string         `json:"name"`
			Version jsontext.Value `json:"version"`
		} `json:"application"`
		Team   session.Team `json:"team"`
		Device struct {
			ID          string         `json:"id"`
			Description string         `json:"description"`
			OS          string         `json:"os"`
			Version     jsontext.Value `json:"version"`
			Simulator   *bool          `json:"simulator"`
		} `json:"device"`
		Session struct {
			IP string `json:"ip"`
		} `json:"session"`
	}
	if err := json.Unmarshal(s.Content(), &d); err != nil {
		t.Fatalf("cannot read the content %s: %v", s.Content(), err)
	}
	version := func(value jsontext.Value) string {
		var text string
		if value.Kind() == jsontext.KindNumber {
			return string(value)
		}
		_ = json.Unmarshal(value, &text) // nothing, or null
		return text
	}
	details := session.Details{
		Email:       d.Email,
		Application: session.Application{d.Application.ID, d.Application.Name, version(d.Application.Version)},
		Team:        d.Team,
		Device:      session.Device{d.Device.ID, d.Device.Description, d.Device.OS, version(d.Device.Version), d.Device.Simulator},
		IP:          d.Session.IP,
	}
	return details
}

// What is read without a decoder is what one would read.
func TestDetailsAsDecoded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file := sessiontest.DrawFile(t)
		content, err := session.WithoutSecrets([]byte(file))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		s := session.New(session.Key{App: "a.b", ID: "c"}, content, session.StatusPending, session.Digest{})
		want := decoded(t, s)
		if diff := cmp.Diff(want, s.Details()); diff != "" {
			t.Fatalf("details of %s (-want +got):\n%s", content, diff)
		}
		if got := s.Email(); got != want.Email {
			t.Fatalf("the e-mail of %s is %q, want %q", content, got, want.Email)
		}
		if got := s.AppName(); got != want.Application.Name {
			t.Fatalf("the app's name of %s is %q, want %q", content, got, want.Application.Name)
		}
	})
}
