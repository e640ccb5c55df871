//go:build unix

package notify

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sessiond/internal/session"
)

// The secret is read for each request, so that a new one counts at once. What is none, or
// is open to everybody, is refused with a reason, and nothing is sent.
func TestSecretFile(t *testing.T) {
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = append(got, r.Header.Get("Authorization")) }))
	defer server.Close()
	r := newRig(t, server.URL)
	r.settled()
	path := r.cfg.SecretFile
	for _, c := range []struct {
		prepare func() error
		want    string // the secret that is sent
		refused string // or why none is
	}{
		{func() error { return os.WriteFile(path, []byte(" new~secret!\r\n"), 0o600) }, "new~secret!", ""},
		{func() error { return os.Chmod(path, 0o644) }, "", "is open to everybody (mode 0644)"},
		{func() error { return os.Chmod(path, 0o440) }, "new~secret!", ""},
		{func() error { return os.Chmod(path, 0o600) }, "new~secret!", ""},
		{func() error { return os.WriteFile(path, []byte("\n"), 0o600) }, "", "is empty"},
		{func() error { return os.WriteFile(path, []byte("two words"), 0o600) }, "", "holds a space"},
		{func() error { return os.WriteFile(path, []byte("a\r\nX-Other: b"), 0o600) }, "", "holds a space"},
		{func() error { return os.WriteFile(path, []byte("é"), 0o600) }, "", "not ASCII"},
		{func() error { return os.WriteFile(path, make([]byte, maxSecret+1), 0o600) }, "", "larger than 4 KiB"},
		{func() error { return os.Remove(path) }, "", "no such file"},
		{func() error { return syscall.Mkfifo(path, 0o600) }, "", "is not a file"},
		{func() error { return os.Remove(path) }, "", "no such file"},
		{func() error { return os.Mkdir(path, 0o700) }, "", "is not a file"},
		{func() error { return os.Remove(path) }, "", "no such file"},
		{func() error {
			target := filepath.Join(t.TempDir(), "s")
			if err := os.WriteFile(target, []byte("linked"), 0o400); err != nil {
				return err
			}
			return os.Symlink(target, path) // as configuration management and containers have it
		}, "linked", ""},
	} {
		if err := c.prepare(); err != nil {
			t.Fatal(err)
		}
		got = nil
		r.updated(1, session.TriggerEdit)
		r.tell(t.Context())
		reason := r.Status().Reason
		switch {
		case c.refused != "":
			if len(got) > 0 || !strings.HasPrefix(reason, "cannot use notify-secret-file: ") || !strings.Contains(reason, c.refused) {
				t.Errorf("sent %q, failed with %q, want %q", got, reason, c.refused)
			}
		case len(got) != 1 || got[0] != "Bearer "+c.want:
			t.Errorf("sent %q, failed with %q, want %q", got, reason, c.want)
		}
	}
}
