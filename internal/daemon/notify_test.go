package daemon

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/config"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/session"
)

// notification is what a 4D server is sent.
type notification struct {
	Epoch            string
	Revision         uint64
	Updated, Removed int
	Trigger          session.Trigger
}

// fourD stands in for a 4D server.
type fourD struct {
	*httptest.Server
	mu  sync.Mutex
	got []notification
}

func newFourD(t *testing.T, answer string) *fourD {
	t.Helper()
	f := &fourD{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n notification
		if err := json.UnmarshalRead(r.Body, &n, json.MatchCaseInsensitiveNames(true)); err != nil {
			t.Error(err)
		}
		f.mu.Lock()
		f.got = append(f.got, n)
		f.mu.Unlock()
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(f.Close)
	return f
}

// take waits for the nth notification.
func (f *fourD) take(t *testing.T, n int) notification {
	t.Helper()
	for end := time.Now().Add(deadline); time.Now().Before(end); time.Sleep(time.Millisecond) {
		f.mu.Lock()
		got := f.got
		f.mu.Unlock()
		if len(got) >= n {
			return got[n-1]
		}
	}
	t.Fatalf("there is no notification %d", n)
	return notification{}
}

// follow makes settings with which a 4D server follows.
func (f *fourD) follow(t *testing.T, s *config.Settings) {
	t.Helper()
	s.NotifyURL, s.NotifySecretFile, s.NotifyInterval = f.URL, filepath.Join(t.TempDir(), "secret"), time.Hour
	if err := os.WriteFile(s.NotifySecretFile, []byte("open"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A 4D server is told at the start, and at once of each change that is made through the
// daemon. The interval holds back what others change: the status says so.
func TestServerFollows(t *testing.T) {
	server := newFourD(t, `{"errors":[{"errCode":2,"message":"m","componentSignature":"mobi"}]}`)
	r := administer(t, 2, func(s *config.Settings) { server.follow(t, s) })
	if got := server.take(t, 1); got.Trigger != session.TriggerStartup || got.Updated+got.Removed != 0 || got.Epoch != r.store.View().Epoch().String() || got.Revision != r.store.View().Revision() {
		t.Errorf("at the start, it was told %+v", got)
	}
	if _, err := r.client.Change(t.Context(), passestest.Key(0), api.Set{Status: new(session.StatusPending)}, client.EditOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := server.take(t, 2); got.Trigger != session.TriggerEdit || got.Updated != 1 || got.Removed != 0 {
		t.Errorf("after an edit, it was told %+v", got)
	}
	if _, err := r.client.Delete(t.Context(), passestest.Key(0), client.EditOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := server.take(t, 3); got.Trigger != session.TriggerEdit || got.Removed != 1 || got.Updated != 0 {
		t.Errorf("after a deletion, it was told %+v", got)
	}
	if err := os.Remove(r.path(1)); err != nil {
		t.Fatal(err)
	}
	r.refresh(t)
	status := r.status()
	if n := status.Notify; n == nil || n.State != api.NotifyWaiting || n.Removed != 1 || n.ErrorsTotal != 1 {
		t.Errorf("the status says %+v", status.Notify)
	}
	if !hasHint(&status, api.HintNotifyDiffers) {
		t.Errorf("hints are %v", status.Hints)
	}
}

func hasHint(s *api.Status, code api.HintCode) bool {
	for _, h := range s.Hints {
		if h.Code == code {
			return true
		}
	}
	return false
}

// A root that is not there at the start may be a disk that is not mounted yet: the server
// is not told before there is something to load. One that is deleted later counts.
func TestServerFollowsWhatWasLoaded(t *testing.T) {
	server := newFourD(t, "")
	r := start(t, func(root string) {
		if err := os.Remove(root); err != nil {
			t.Fatal(err)
		}
	}, func(s *config.Settings) {
		server.follow(t, s)
		s.NotifyInterval = time.Millisecond
	})
	r.refresh(t)
	if n := r.status().Notify; n.State != api.NotifyWaiting || n.Reason != "the sessions are not loaded yet" || !n.LastSuccess.IsZero() {
		t.Errorf("the status says %+v", n)
	}
	passestest.Write(t, r.root, passestest.Key(0), passestest.Content(0, "a@example.com"))
	r.refresh(t)
	if got := server.take(t, 1); got.Trigger != session.TriggerStartup || got.Revision != r.store.View().Revision() {
		t.Errorf("once something was loaded, it was told %+v", got)
	}
	if err := os.RemoveAll(r.root); err != nil {
		t.Fatal(err)
	}
	r.refresh(t)
	if got := server.take(t, 2); got.Trigger != session.TriggerSocket || got.Removed != 1 {
		t.Errorf("once the root was deleted, it was told %+v", got)
	}
}
