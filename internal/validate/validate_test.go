package validate

import (
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
)

// check holds a session against its place, its file, and what that says.
func check(t *testing.T, got *session.Session, key session.Key, data []byte, status string, want session.Details) {
	t.Helper()
	if got.Key() != key || got.Status() != status || got.Digest() != session.DigestOf(data) {
		t.Errorf("the session of %s, %s", got.Key(), got.Status())
	}
	if diff := cmp.Diff(want, got.Details()); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
}

func TestAcceptedSession(t *testing.T) {
	simulator := true
	data := []byte(sampleFile)
	got := wantSession(t, newValidator(t), sampleKey, data)
	want := session.Details{
		Email:       "ada@example.com",
		Application: session.Application{ID: sampleApp, Name: "Contact", Version: "1.0.2"},
		Team:        session.Team{ID: sampleTeam},
		Device: session.Device{
			ID:          "2D7A8F0C-51B3-4E69-9C84-F6A07B13D5E2",
			Description: "iPhone 12 mini",
			OS:          "iOS",
			Version:     "15.4",
			Simulator:   &simulator,
		},
		IP: "192.0.2.17",
	}
	check(t, got, sampleKey, data, session.StatusAccepted, want)
}

func TestSmallestSession(t *testing.T) {
	data := []byte(`{"application":{"id":"com.example.a"},"session":{"id":"x"},"status":"pending"}`)
	key := session.Key{App: "com.example.a", ID: "x"}
	got := wantSession(t, newValidator(t), key, data)
	check(t, got, key, data, session.StatusPending, session.Details{Application: session.Application{ID: "com.example.a"}})
}

// Null means the same as absent wherever the schema allows it.
func TestNullsAreEmpty(t *testing.T) {
	data := with(t, map[string]string{
		"/application/name": "null", "/application/version": "null", "/team": "null",
		"/email": "null", "/session/ip": "null", "/language": "null", "/parameters": "null", "/userInfo": "null",
		"/device/id": "null", "/device/description": "null", "/device/os": "null",
		"/device/version": "null", "/device/simulator": "null",
		"/token": quoted(tokenOf(sampleApp, sampleID, "")),
	})
	key := session.Key{App: sampleApp, ID: sampleID}
	got := wantSession(t, newValidator(t), key, data)
	check(t, got, key, data, session.StatusAccepted, session.Details{Application: session.Application{ID: sampleApp}})
}

// Numbers keep the text they were written with.
func TestNumberVersions(t *testing.T) {
	for _, number := range []string{"1", "1.0", "1.10", "-0", "1e3", "1E+2", "123456789012345678901234567890", "1e999999999"} {
		data := with(t, map[string]string{"/application/version": number, "/device/version": number})
		got := wantSession(t, newValidator(t), sampleKey, data)
		if says := got.Details(); says.Application.Version != number || says.Device.Version != number {
			t.Errorf("%s became %q and %q", number, says.Application.Version, says.Device.Version)
		}
	}
}

// A file that is wrong in several ways has the one problem that is checked for
// first.
func TestOrderOfChecks(t *testing.T) {
	v := newValidator(t)
	elsewhere := session.Key{App: "com.example.other", ID: "y"}
	wrongToken := quoted(tokenOf("com.example.third", "z", ""))
	noStatus := with(t, map[string]string{"/status": "", "/token": wrongToken})
	misplaced := with(t, map[string]string{"/token": wrongToken})

	tests := []struct {
		name string
		key  session.Key
		data []byte
		want session.Code
	}{
		{"all four", elsewhere, append(slices.Clip(noStatus), '}'), session.CodeSyntax},
		{"schema, location, token", elsewhere, noStatus, session.CodeSchema},
		{"location, token", elsewhere, misplaced, session.CodeLocation},
		{"token", sampleKey, misplaced, session.CodeToken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, p := v.Judge(tt.key, tt.data)
			if s != nil || p == nil || p.ErrCode != int(tt.want) {
				t.Errorf("got %v, want mobi %d", p, tt.want)
			}
		})
	}
}

// Members of other names and other case than the schema knows are kept and
// count for nothing.
func TestUnknownMembers(t *testing.T) {
	data := with(t, map[string]string{
		"/Status": `"pending"`, "/TOKEN": "1", "/x": `[{"token":{}},null,1e999999999]`,
		"/application/ID": "3", "/session/Id": "[]", "/device/token": "{}", "/send": "false",
	})
	if got := wantSession(t, newValidator(t), sampleKey, data); got.Status() != session.StatusAccepted {
		t.Errorf("status is %q", got.Status())
	}
}

// One validator serves all readers.
func TestJudgeConcurrently(t *testing.T) {
	v, files := newValidator(t), seeds(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				for _, data := range files {
					if s, p := v.Judge(sampleKey, data); (s == nil) == (p == nil) {
						t.Errorf("a session is %v and a problem is %v", s, p)
					}
				}
			}
		})
	}
	wg.Wait()
}
