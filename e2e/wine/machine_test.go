//go:build wine && linux

package wine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sessiond/e2e/harness"
)

// machine is a Windows as wine makes one, in a container. What tests change in it is gone
// with it.
type machine struct {
	t    *testing.T
	root string // the container's / as this process sees it
	// folder and pipe are of one test.
	folder, pipe string
	// events is what wine says of the event log.
	events *buffer
}

// in returns the machine for one of its tests, with a folder and a pipe of its own.
func (m *machine) in(t *testing.T) *machine {
	name := strings.ReplaceAll(t.Name(), "/", "-")
	part := *m
	part.t, part.folder, part.pipe = t, `C:\`+name, `\\.\pipe\`+name
	return &part
}

// newMachine returns a machine with the built program. It ends with the test.
func newMachine(t *testing.T) *machine {
	t.Helper()
	lower := tree(t)
	dir, err := os.MkdirTemp("", "sd-wine")
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{t: t, root: filepath.Join(dir, "root"), events: new(buffer)}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	upper, work := filepath.Join(dir, "upper"), filepath.Join(dir, "work")
	for _, folder := range []string{m.root, upper, work} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	m.mount("overlay", "", "overlay", 0, fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", lower, upper, work))
	m.mount("/proc", "/proc", "", syscall.MS_BIND, "")
	m.mount("/dev", "/dev", "", syscall.MS_BIND, "")
	m.boot()
	m.build("sessiond.exe", "build", "-ldflags", "-X main.version="+harness.Version, "sessiond/cmd/sessiond")
	m.build("helper.exe", "build", "./testdata/helper")
	return m
}

func (m *machine) mount(what, at, kind string, flags uintptr, options string) {
	m.t.Helper()
	at = filepath.Join(m.root, at)
	if err := syscall.Mount(what, at, kind, flags, options); err != nil {
		m.t.Fatalf("cannot mount %s: %v", at, err)
	}
	m.t.Cleanup(func() {
		if err := syscall.Unmount(at, syscall.MNT_DETACH); err != nil {
			m.t.Error(err)
		}
	})
}

// boot starts Windows, which ends with the last program but for those of the system. So one
// runs all the time that waits for its input.
func (m *machine) boot() {
	m.t.Helper()
	keep := m.command(context.Background(), "+eventlog", "wine", "cmd.exe")
	keep.Stderr = m.events
	stdin, err := keep.StdinPipe()
	if err == nil {
		err = keep.Start()
	}
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() {
		_ = m.run("wineserver", "--kill") // it ends all programs
		_ = stdin.Close()
		_ = keep.Wait()
		if m.t.Failed() {
			m.t.Logf("the event log:\n%s", m.events.String())
		}
	})
}

// build builds something for Windows into the folder of programs.
func (m *machine) build(name string, args ...string) {
	m.t.Helper()
	args = append([]string{args[0], "-o", m.path(`C:\bin\` + name), "-buildvcs=false"}, args[1:]...)
	if err := os.MkdirAll(m.path(`C:\bin`), 0o755); err != nil {
		m.t.Fatal(err)
	}
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("cannot build %s: %v\n%s", name, err, out)
	}
}

// path returns where this process finds a file of drive C.
func (m *machine) path(inside string) string {
	inside = strings.TrimPrefix(inside, `C:\`)
	return filepath.Join(m.root, "root/.wine/drive_c", filepath.FromSlash(strings.ReplaceAll(inside, `\`, "/")))
}

// command returns a program of the container, which begins with wine for one of Windows.
// Wine says what it is asked to of its own doings.
func (m *machine) command(ctx context.Context, debug, name string, args ...string) *exec.Cmd {
	enter := []string{
		m.root, "/usr/bin/env", "-i", "--chdir=/root", "HOME=/root", "LANG=C.UTF-8", "PATH=/usr/bin:/bin", "XDG_RUNTIME_DIR=/run",
		"WINEDEBUG=-all," + debug, dllOverrides, name,
	}
	cmd := exec.CommandContext(ctx, "chroot", append(enter, args...)...)
	cmd.WaitDelay = time.Second // services have their outputs from whoever started wine
	return cmd
}

// limit is how long a program may take.
const limit = 3 * time.Minute

func (m *machine) run(name string, args ...string) harness.Result {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	r, err := harness.ResultOf(m.command(ctx, "", name, args...))
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) || ctx.Err() != nil {
		m.t.Fatalf("cannot run %s %q: %v\n%s", name, args, errors.Join(err, ctx.Err()), r.Stderr)
	}
	return r
}

// sessiond runs the program, and wants an exit status.
func (m *machine) sessiond(status int, args ...string) harness.Result {
	m.t.Helper()
	r := m.run("wine", append([]string{`C:\bin\sessiond.exe`}, args...)...)
	if r.Status != status {
		m.t.Fatalf("sessiond %q ends with %d, want %d:\n%s\n%s", args, r.Status, status, r.Stdout, r.Stderr)
	}
	return r
}

// helper runs testdata/helper, which has to succeed.
func (m *machine) helper(args ...string) string {
	m.t.Helper()
	r := m.run("wine", append([]string{`C:\bin\helper.exe`}, args...)...)
	if r.Status != 0 {
		m.t.Fatalf("the helper %q fails: %s", args, r.Stderr)
	}
	return r.Stdout
}

// hold has another program hold a file open, shared with nobody, until release is called.
func (m *machine) hold(path string) (release func()) {
	m.t.Helper()
	cmd := m.command(context.Background(), "", "wine", `C:\bin\helper.exe`, "hold", path)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err == nil {
		_, err = io.ReadFull(stdout, make([]byte, 4)) // "held"
	}
	if err != nil {
		m.t.Fatalf("cannot hold %s: %v", path, err)
	}
	release = sync.OnceFunc(func() {
		_ = stdin.Close()
		_ = cmd.Wait() // it ends with its input
	})
	m.t.Cleanup(release)
	return release
}

// until waits for a state.
func (m *machine) until(what string, reached func() bool) {
	m.t.Helper()
	if !harness.Eventually(reached) {
		m.t.Fatalf("never: %s", what)
	}
}

// buffer is what a program has said so far.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
