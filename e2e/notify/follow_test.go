//go:build unix

package notify

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

const app = "TEAM.com.example.app"

func key(n int) session.Key { return harness.NthKey(app, n) }

// until waits until something is so.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	if !harness.Eventually(is) {
		t.Fatalf("it is never so that %s", what)
	}
}

// follows waits until the server was told of everything.
func follows(t *testing.T, d *harness.Daemon) api.Status {
	t.Helper()
	return d.Reach(t, "the server follows", func(s *api.Status) bool { return s.Notify.State == api.NotifyFollowing })
}

// waits waits until the server is not told of a number of updates, for a reason.
func waits(t *testing.T, d *harness.Daemon, updated int, reason string) {
	t.Helper()
	d.Reach(t, "the server is not told, since "+reason, func(s *api.Status) bool {
		return s.Notify.State == api.NotifyWaiting && s.Notify.Updated == updated && strings.Contains(s.Notify.Reason, reason)
	})
}

// The server is told once the sessions are loaded, and whenever some were updated or
// removed. A new file is none of its concern. The status has its errors beside ours.
func TestServerFollows(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	harness.Fill(t, root, app, 3)
	s := newServer(t, root)
	d := s.launch(t, "--admit=follow")
	status := follows(t, d)
	if n, got := s.asked(); n != 1 || got != (request{Epoch: status.Epoch, Revision: status.Revision, Trigger: session.TriggerStartup}) {
		t.Fatalf("at the start it was asked %d times, last %+v", n, got)
	}
	if status.Notify.URL != strings.Replace(s.URL, "127.0.0.1", "0.0.0.0", 1)+"/sessiond/" {
		t.Errorf("the status names %s", status.Notify.URL)
	}

	harness.Save(t, root, key(7), "new@example.com")
	d.Loads(t, 4)
	harness.Save(t, root, key(0), "other@example.com")
	until(t, "the server has the update", func() bool { return s.has(key(0), "other@example.com") })
	if n, got := s.asked(); n != 2 || got.Updated != 1 || got.Removed != 0 || got.Trigger != session.TriggerWatch {
		t.Errorf("after an update it was asked %d times, last %+v", n, got)
	}
	harness.Must(t, os.Remove(harness.FileOf(root, key(1))))
	until(t, "the server has lost the deleted session", func() bool { return !s.has(key(1), "") })

	harness.Must(t, os.WriteFile(harness.FileOf(root, key(2)), []byte(`{"session":`), 0o644))
	status = d.Reach(t, "the status has the error", func(s *api.Status) bool { return s.Notify.ErrorsTotal == 1 })
	if e := status.Notify.Errors; len(e) != 1 || e[0].ErrCode != 2 || harness.HasHint(&status, api.HintNotifyDiffers, "") {
		t.Errorf("the status is %+v, hints %v", status.Notify, status.Hints)
	}
}

// While a file is being written, the server is not told: its command would log that user
// out. It is told once that is over, and has every session then.
func TestServerWaitsForMotion(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	harness.Fill(t, root, app, 2)
	s := newServer(t, root)
	d := s.launch(t, "--settle=1m")
	follows(t, d)
	path := harness.FileOf(root, key(0))
	whole, err := os.ReadFile(path)
	harness.Must(t, err)

	harness.Must(t, os.WriteFile(path, whole[:len(whole)/2], 0o644)) // and the program thinks
	d.Reach(t, "the file is in motion", func(s *api.Status) bool { return s.InMotion == 1 })
	harness.Save(t, root, key(1), "other@example.com")
	d.Shows(t, key(1), "other@example.com")
	waits(t, d, 1, "1 file is in motion")
	d.FullPass(t)
	if n, _ := s.asked(); n != 1 {
		t.Errorf("meanwhile it was asked %d times", n-1)
	}
	harness.Must(t, os.WriteFile(path, whole, 0o644))
	until(t, "the server has the update", func() bool { return s.has(key(1), "other@example.com") })
	if !s.has(key(0), "") {
		t.Error("the server has logged out the user whose file was being written")
	}
}

// While the brake holds removals back, the server is not told, of edits neither.
func TestServerWaitsForBrake(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	harness.Fill(t, root, app, 60)
	s := newServer(t, root)
	d := s.launch(t, "--settle-many=1h", "--settle=1ms")
	follows(t, d)
	kept := map[string][]byte{}
	for n := range 30 {
		path := harness.FileOf(root, key(n))
		data, err := os.ReadFile(path)
		harness.Must(t, err)
		kept[path] = data
		harness.Must(t, os.Remove(path))
	}
	d.Reach(t, "removals are held", func(s *api.Status) bool { return s.ManyGone > 0 && s.InMotion == 0 })
	begun, _ := s.asked()
	harness.Save(t, root, key(59), "other@example.com")
	d.Shows(t, key(59), "other@example.com")
	d.Reach(t, "the server is not told", func(s *api.Status) bool {
		return s.Notify.State == api.NotifyWaiting && s.Notify.Updated == 1 && strings.Contains(s.Notify.Reason, "held back")
	})
	if n, _ := s.asked(); n != begun {
		t.Errorf("meanwhile it was asked %d times", n-begun)
	}
	for path, data := range kept {
		harness.Must(t, os.WriteFile(path, data, 0o644))
	}
	d.Reach(t, "none is held", func(s *api.Status) bool { return s.ManyGone == 0 })
	until(t, "the server has the update", func() bool { return s.has(key(59), "other@example.com") })
	for n := range 60 { // the first may have been removed before there were many
		if _, err := d.Get(key(n)); err == nil && !s.has(key(n), "") {
			t.Errorf("the server has logged out session %d, which the daemon kept", n)
		}
	}
}

// A server that fails is told again, with all that happened meanwhile. What it was not told
// when the daemon ended, it is told at the next start.
func TestServerFails(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	harness.Fill(t, root, app, 3)
	s := newServer(t, root)
	d := s.begin(t)
	follows(t, d)
	s.answerWith(http.StatusServiceUnavailable)
	harness.Save(t, root, key(0), "other@example.com")
	status := d.Reach(t, "the server fails", func(s *api.Status) bool { return s.Notify.State == api.NotifyFailing && s.Notify.Updated == 1 })
	if !harness.HasHint(&status, api.HintNotifyFails, "503 Service Unavailable") {
		t.Errorf("hints are %v", status.Hints)
	}
	harness.Save(t, root, key(1), "other@example.com")
	d.Reach(t, "both are told of", func(s *api.Status) bool { return s.Notify.Updated == 2 })
	s.answerWith(http.StatusOK)
	until(t, "the server has both updates", func() bool { return s.has(key(0), "other@") && s.has(key(1), "other@") })
	follows(t, d)

	s.answerWith(http.StatusServiceUnavailable)
	harness.Save(t, root, key(2), "other@example.com")
	d.Shows(t, key(2), "other@example.com")
	d.Kill()
	s.answerWith(http.StatusOK)
	follows(t, s.launch(t))
	if _, got := s.asked(); got.Trigger != session.TriggerStartup || !s.has(key(2), "other@") {
		t.Errorf("after a restart it was asked %+v", got)
	}
}
