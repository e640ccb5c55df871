//go:build unix

package harness

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// Launch starts a daemon over a root and waits for its first load. When the test ends,
// it must stop when asked; its log is shown where the test failed.
func Launch(t testing.TB, root string, args ...string) *Daemon {
	t.Helper()
	return Setting{}.Launch(t, root, args...)
}

// Setting is what a daemon runs in. The zero value is an ordinary one.
type Setting struct {
	Shell  string   // what sh does before it becomes the daemon: "ulimit -n 20"
	Env    []string // more variables
	Attr   *syscall.SysProcAttr
	Log    *os.File // nil: one of its own, which is shown where the test failed
	Socket string   // empty: one of its own
}

// Launch is [Launch] in this setting.
func (s Setting) Launch(t testing.TB, root string, args ...string) *Daemon {
	t.Helper()
	d := s.Begin(t, root, args...)
	t.Cleanup(func() {
		if err := d.Stop(); err != nil {
			t.Error(err)
		}
	})
	Must(t, d.AwaitReady())
	return d
}

// Begin starts a daemon and lets it be. It is killed when the test ends.
func (s Setting) Begin(t testing.TB, root string, args ...string) *Daemon {
	t.Helper()
	folder := ShortFolder(t)
	if s.Attr != nil && s.Attr.Credential != nil {
		Must(t, os.Chown(folder, int(s.Attr.Credential.Uid), int(s.Attr.Credential.Gid)))
	}
	log := s.Log
	if log == nil {
		var err error
		log, err = os.Create(filepath.Join(folder, "log"))
		Must(t, err)
		t.Cleanup(func() { log.Close() })
	}
	if s.Socket == "" {
		s.Socket = filepath.Join(folder, "s")
	}
	if root != "" { // a follower has none
		args = append([]string{"--root", root}, args...)
	}
	args = append([]string{"sessiond", "run", "--socket", s.Socket, "--log-level", "debug"}, args...)
	if s.Shell != "" {
		args = append([]string{"sh", "-c", s.Shell + `; exec "$@"`, "sh"}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Stderr, cmd.SysProcAttr = folder, log, s.Attr
	cmd.Env = append([]string{
		"HOME=" + folder, "PATH=" + os.Getenv("PATH"), "SESSIOND_CONFIG=" + os.DevNull, "GORACE=" + os.Getenv("GORACE"),
	}, s.Env...)
	d, err := Start(cmd, s.Socket)
	Must(t, err)
	t.Cleanup(func() {
		d.Kill()
		if t.Failed() {
			text, err := endOf(log.Name())
			t.Logf("the log of %v (%v):\n%s", args, err, text)
		}
	})
	return d
}

// endOf returns the end of a log.
func endOf(path string) ([]byte, error) {
	const enough = 8 << 10
	text, err := os.ReadFile(path)
	return text[max(0, len(text)-enough):], err
}

// Must fails the test where there is an error.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Nobody is the user without any rights, on every Unix that Go knows.
const Nobody = 65534

// Never is an interval for timers that must not be what a test is passed by.
const Never = "1h"
