//go:build unix

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// launch starts a daemon over a root and waits for its first load. When the test ends,
// it must stop when asked; its log is shown where the test failed.
func launch(t testing.TB, root string, args ...string) *daemon {
	t.Helper()
	return setting{}.launch(t, root, args...)
}

// setting is what a daemon runs in. The zero value is an ordinary one.
type setting struct {
	shell  string   // what sh does before it becomes the daemon: "ulimit -n 20"
	env    []string // more variables
	attr   *syscall.SysProcAttr
	log    *os.File // nil: one of its own, which is shown where the test failed
	socket string   // empty: one of its own
}

// launch is [launch] in this setting.
func (s setting) launch(t testing.TB, root string, args ...string) *daemon {
	t.Helper()
	d := s.begin(t, root, args...)
	t.Cleanup(func() {
		if err := d.stop(); err != nil {
			t.Error(err)
		}
	})
	must(t, d.awaitReady())
	return d
}

// begin starts a daemon and lets it be. It is killed when the test ends.
func (s setting) begin(t testing.TB, root string, args ...string) *daemon {
	t.Helper()
	folder := shortFolder(t)
	if s.attr != nil && s.attr.Credential != nil {
		must(t, os.Chown(folder, int(s.attr.Credential.Uid), int(s.attr.Credential.Gid)))
	}
	log := s.log
	if log == nil {
		var err error
		log, err = os.Create(filepath.Join(folder, "log"))
		must(t, err)
		t.Cleanup(func() { log.Close() })
	}
	if s.socket == "" {
		s.socket = filepath.Join(folder, "s")
	}
	args = append([]string{"sessiond", "run", "--root", root, "--socket", s.socket, "--log-level", "debug"}, args...)
	if s.shell != "" {
		args = append([]string{"sh", "-c", s.shell + `; exec "$@"`, "sh"}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Stderr, cmd.SysProcAttr = folder, log, s.attr
	cmd.Env = append([]string{
		"HOME=" + folder, "PATH=" + os.Getenv("PATH"), "SESSIOND_CONFIG=" + os.DevNull, "GORACE=" + os.Getenv("GORACE"),
	}, s.env...)
	d, err := start(cmd, s.socket)
	must(t, err)
	t.Cleanup(func() {
		d.kill()
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

// must fails the test where there is an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// nobody is the user without any rights, on every Unix that Go knows.
const nobody = 65534

// never is an interval for timers that must not be what a test is passed by.
const never = "1h"
