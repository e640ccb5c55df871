//go:build browser && linux

package browser

import (
	"bufio"
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sessiond/e2e/harness"
)

// world is a tree, a daemon over it that may write, and a console.
type world struct {
	t      testing.TB
	root   string
	folder string   // of trash and audit
	args   []string // of the daemon
	daemon *harness.Daemon
	*consoleProcess
}

// consoleProcess is a running sessiond console.
type consoleProcess struct {
	cmd  *exec.Cmd
	base string // "http://127.0.0.1:PORT/"
	key  string
}

// newWorld fills a tree and starts a daemon and a console. The flags are the daemon's.
func newWorld(t testing.TB, fill func(root string), flags ...string) *world {
	t.Helper()
	return newWorldAt(t, t.TempDir(), fill, flags...)
}

// newWorldAt is newWorld with the tree in a folder of its own.
func newWorldAt(t testing.TB, root string, fill func(root string), flags ...string) *world {
	t.Helper()
	w := &world{t: t, root: root, folder: t.TempDir()}
	fill(w.root)
	w.args = append([]string{
		"--write", "on", "--trash-dir", filepath.Join(w.folder, "trash"), "--audit-log", filepath.Join(w.folder, "audit.jsonl"),
	}, flags...)
	w.start("")
	w.consoleProcess = startConsole(t, w.daemon)
	return w
}

// start starts the daemon, on a socket of its own where none is named.
func (w *world) start(socket string) {
	w.t.Helper()
	w.daemon = harness.Setting{Socket: socket}.Begin(w.t, w.root, w.args...)
	harness.Must(w.t, w.daemon.AwaitReady())
}

// startConsole starts a console before a daemon.
func startConsole(t testing.TB, daemon *harness.Daemon, args ...string) *consoleProcess {
	t.Helper()
	return start(t, daemon.Command(append([]string{"console", "--no-open"}, args...)...))
}

// start starts a console. It must end well when it is asked to.
func start(t testing.TB, cmd *exec.Cmd) *consoleProcess {
	t.Helper()
	var told bytes.Buffer
	cmd.Stderr = &told
	out, err := cmd.StdoutPipe()
	harness.Must(t, err)
	harness.Must(t, cmd.Start())
	t.Cleanup(func() {
		harness.Must(t, cmd.Process.Signal(syscall.SIGTERM))
		if err := cmd.Wait(); err != nil {
			t.Errorf("the console ended with %v: %s", err, told.String())
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	harness.Must(t, err)
	base, key, found := strings.Cut(strings.TrimSpace(line), "#key=")
	if !found {
		t.Fatalf("the console prints %q: %s", line, told.String())
	}
	return &consoleProcess{cmd, base, key}
}

// startConsoleAsNobody starts a console of a user that is no administrator: another than
// this one where that is root, who always is one.
func startConsoleAsNobody(t testing.TB, w *world) *consoleProcess {
	t.Helper()
	if os.Getuid() != 0 {
		return startConsole(t, w.daemon)
	}
	harness.Must(t, os.Chmod(filepath.Dir(w.daemon.Socket), 0o755))
	cmd := w.daemon.Command("console", "--no-open")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: harness.Nobody, Gid: harness.Nobody}}
	return start(t, cmd)
}

// status asks the console for something that needs the key, and returns the status.
func (c *consoleProcess) status(t testing.TB, change func(*http.Request)) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+"v1/status", http.NoBody)
	harness.Must(t, err)
	r.Header.Set("Sessiond-Key", c.key)
	change(r)
	resp, err := http.DefaultClient.Do(r)
	harness.Must(t, err)
	resp.Body.Close()
	return resp.StatusCode
}

// read returns a file's content.
func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	harness.Must(t, err)
	return string(text)
}
