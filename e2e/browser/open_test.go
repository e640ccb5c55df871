//go:build browser && linux

package browser

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"sessiond/e2e/harness"
)

// opener stands for the system's program that opens a file: it tells what it was given.
const opener = `#!/bin/sh
{ echo "$# $1 $(stat -c '%a %u' "$1")"; sed 's/.*url=\([^"]*\)".*/\1/p' -n "$1"; } >told
`

// The browser is opened by a file that only the user can read, so that the key is in no
// list of arguments; the first call of the page removes it.
func TestBrowserIsOpened(t *testing.T) {
	t.Parallel()
	w := newWorld(t, one(t))
	folder := harness.ShortFolder(t)
	harness.Must(t, os.WriteFile(filepath.Join(folder, "xdg-open"), []byte(opener), 0o755))
	harness.Must(t, syscall.Mkfifo(filepath.Join(folder, "told"), 0o600))
	runtime := filepath.Join(folder, "run")
	harness.Must(t, os.Mkdir(runtime, 0o700))
	uid := os.Getuid()
	cmd := w.daemon.Command("console", "--idle", "0")
	cmd.Dir = folder
	cmd.Env = append(cmd.Env, "PATH="+folder+":"+os.Getenv("PATH"), "DISPLAY=:9", "XDG_RUNTIME_DIR="+runtime)
	if uid == 0 { // as whom no browser is opened
		uid = harness.Nobody
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: harness.Nobody, Gid: harness.Nobody}}
		for _, path := range []string{runtime, filepath.Join(folder, "told")} {
			harness.Must(t, os.Chown(path, uid, uid))
		}
		harness.Must(t, os.Chmod(folder, 0o755))
		harness.Must(t, os.Chmod(filepath.Dir(w.daemon.Socket), 0o755))
		harness.Must(t, os.Chmod(w.daemon.Socket, 0o666))
	}
	c, err := startCommand(t, cmd)
	harness.Must(t, err)
	told, err := os.ReadFile(filepath.Join(folder, "told"))
	harness.Must(t, err)
	given, address, _ := strings.Cut(string(told), "\n")
	fields := strings.Fields(given)
	if len(fields) != 4 || fields[0] != "1" || filepath.Dir(fields[1]) != runtime || fields[2] != "600" || address != c.base+"#key="+c.key+"\n" {
		t.Fatalf("the browser was given %q, which leads to %q", given, address)
	}
	if args := read(t, "/proc/"+strconv.Itoa(c.cmd.Process.Pid)+"/cmdline"); strings.Contains(args, c.key) {
		t.Errorf("the key is in the arguments: %q", args)
	}
	if c.status(t, func(r *http.Request) { r.Header.Del("Sessiond-Key") }) != http.StatusUnauthorized || !harness.Exists(fields[1]) {
		t.Error("a call without the key removes the file")
	}
	if status := c.status(t, func(*http.Request) {}); status != http.StatusOK {
		t.Errorf("a call with the key: %d", status)
	}
	if !harness.Eventually(func() bool { return !harness.Exists(fields[1]) }) {
		t.Errorf("%s is there after the first call", fields[1])
	}
	harness.Must(t, c.cmd.Process.Signal(syscall.SIGTERM))
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("the console ended with %v", err)
	}
}

// As root no browser is opened, wherever it could be. A console that nobody uses ends.
func TestNoBrowserAsRoot(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		return // which is the other test's
	}
	w := newWorld(t, one(t))
	folder := harness.ShortFolder(t)
	harness.Must(t, os.WriteFile(filepath.Join(folder, "xdg-open"), []byte("#!/bin/sh\n>opened"), 0o755))
	cmd := w.daemon.Command("console", "--idle", "300ms")
	cmd.Dir = folder
	cmd.Env = append(cmd.Env, "PATH="+folder+":"+os.Getenv("PATH"), "DISPLAY=:9", "XDG_RUNTIME_DIR="+folder)
	said, err := cmd.CombinedOutput()
	harness.Must(t, err)
	if harness.Exists(filepath.Join(folder, "opened")) || !strings.Contains(string(said), "as root") {
		t.Errorf("a browser is opened as root, or it is not said: %s", said)
	}
}

// startCommand starts a console, and reads its address.
func startCommand(t testing.TB, cmd *exec.Cmd) (*consoleProcess, error) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	base, key, _ := strings.Cut(strings.TrimSpace(line), "#key=")
	return &consoleProcess{cmd, base, key}, err
}
