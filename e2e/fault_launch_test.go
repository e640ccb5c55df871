//go:build unix

package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"sessiond/internal/client"
	"sessiond/internal/session"
)

// circumstances are what a daemon runs in where [launch] is not enough. The zero
// value is an ordinary one.
type circumstances struct {
	shell string   // what sh does before it becomes the daemon: "ulimit -n 20"
	env   []string // more variables
	attr  *syscall.SysProcAttr
	log   *os.File // nil: one of its own, which is shown where the test failed
	at    string   // the socket; empty: one of its own
}

// launch starts a daemon and waits for its first load. When the test ends, the
// daemon must stop when asked.
func (c circumstances) launch(t *testing.T, root string, args ...string) *daemon {
	t.Helper()
	d := c.begin(t, root, args...)
	t.Cleanup(func() {
		if err := d.stop(); err != nil {
			t.Error(err)
		}
	})
	must(t, d.awaitReady())
	return d
}

// begin starts a daemon and lets it be. It is killed when the test ends.
func (c circumstances) begin(t *testing.T, root string, args ...string) *daemon {
	t.Helper()
	folder, err := os.MkdirTemp("", "sd")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	if c.attr != nil && c.attr.Credential != nil {
		must(t, os.Chown(folder, int(c.attr.Credential.Uid), int(c.attr.Credential.Gid)))
	}
	log := c.log
	if log == nil {
		log, err = os.Create(filepath.Join(folder, "log"))
		must(t, err)
		t.Cleanup(func() { log.Close() })
	}
	if c.at == "" {
		c.at = filepath.Join(folder, "s")
	}
	args = append([]string{"sessiond", "run", "--root", root, "--socket", c.at, "--log-level", "debug"}, args...)
	if c.shell != "" {
		args = append([]string{"sh", "-c", c.shell + `; exec "$@"`, "sh"}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Stderr, cmd.SysProcAttr = folder, log, c.attr
	cmd.Env = append([]string{
		"HOME=" + folder, "PATH=" + os.Getenv("PATH"), "SESSIOND_CONFIG=" + os.DevNull, "GORACE=" + os.Getenv("GORACE"),
	}, c.env...)
	must(t, cmd.Start())
	d := &daemon{Client: client.New(c.at), cmd: cmd, ended: make(chan struct{})}
	go func() {
		defer close(d.ended)
		_ = cmd.Wait() // how it ended is in the ProcessState
	}()
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

// keyFor returns the key of the nth session of an app folder.
func keyFor(app string, n int) session.Key {
	return keyOf(app, fmt.Sprint("session ", n))
}

// save writes a compliant session file at once, with an e-mail address to know it
// by.
func save(t testing.TB, root string, key session.Key, email string) {
	t.Helper()
	must(t, replace(fileOf(root, key), newContent(key).with("email", email).bytes()))
}

// fill writes the first sessions of an app folder.
func fill(t *testing.T, root, app string, sessions int) {
	t.Helper()
	for n := range sessions {
		save(t, root, keyFor(app, n), "first@example.com")
	}
}

// reach waits for a status.
func (d *daemon) reach(t testing.TB, what string, wanted func(*session.Status) bool) session.Status {
	t.Helper()
	status, err := d.await(what, wanted)
	must(t, err)
	return status
}

// loads waits until so many sessions are in memory and all is at rest.
func (d *daemon) loads(t *testing.T, sessions int) session.Status {
	t.Helper()
	return d.reach(t, fmt.Sprintf("at rest with %d sessions", sessions), func(s *session.Status) bool {
		return s.Sessions == sessions && !s.Busy
	})
}

// shows waits until a session in memory has an e-mail address.
func (d *daemon) shows(t *testing.T, key session.Key, email string) {
	t.Helper()
	var last client.Detail
	var err error
	if !eventually(func() bool { last, err = d.get(key); return err == nil && last.Email == email }) {
		t.Fatalf("%s has the address %q (%v) after %v, want %q", key, last.Email, err, patience, email)
	}
}

// has insists on what a session in memory is now.
func (d *daemon) has(t *testing.T, key session.Key, email string) {
	t.Helper()
	now, err := d.get(key)
	must(t, err)
	if now.Email != email {
		t.Errorf("%s has the address %q, want %q", key, now.Email, email)
	}
}

func (d *daemon) get(key session.Key) (client.Detail, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return d.Session(ctx, key)
}

// takePage returns the sessions in memory, a thousand at most.
func (d *daemon) takePage() ([]session.Summary, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	page, err := d.Sessions(ctx, client.Query{Limit: 1000})
	return page.Sessions, err
}

// refresh asks for a full pass.
func (d *daemon) refresh(t *testing.T) session.Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	report, err := d.Refresh(ctx)
	must(t, err)
	return report
}

// hangUp sends a SIGHUP.
func (d *daemon) hangUp(t *testing.T) {
	t.Helper()
	must(t, d.cmd.Process.Signal(syscall.SIGHUP))
}

// isUnreadable reports whether the daemon says of a key that it cannot be judged,
// because of this error of the system.
func isUnreadable(s *session.Status, key session.Key, errno syscall.Errno) bool {
	reason, code := "", 0
	for _, u := range s.Unsettled {
		if u.Session == key {
			reason = u.Reason
		}
	}
	for _, e := range s.Errors {
		if e.Session == key && e.ComponentSignature == session.ComponentFile {
			code = e.ErrCode
		}
	}
	return reason == session.ReasonUnreadable && code == int(errno)
}

// isWell reports whether nothing is wrong and nothing is due.
func isWell(s *session.Status) bool {
	return !s.Busy && len(s.Errors) == 0 && len(s.Unsettled) == 0
}
