//go:build systemd && linux

package systemd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sessiond/e2e/harness"
)

// machine is a Debian with a real systemd as its first process, in a container
// without a network. What a test changes in it is gone with it.
type machine struct {
	t *testing.T
	// root is the machine's / as this process sees it.
	root    string
	console string
	nspawn  *exec.Cmd
	leader  int // the process id of the machine's first process
}

// bootMachine boots a machine and returns once it is up. It ends with the test;
// where that failed, the log shows the end of the machine's journal.
//
// The machines of all tests of this host run one after another: in one control
// group, each would take the other's services for its own.
func bootMachine(t *testing.T, b base) *machine {
	t.Helper()
	lower := b.tree(t)
	alone(t)
	dir, err := os.MkdirTemp("", "sd-machine")
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{t: t, root: filepath.Join(dir, "root"), console: filepath.Join(dir, "console")}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	m.layer(lower, dir)
	t.Cleanup(m.stop)
	m.boot()
	return m
}

// in returns the machine for a part of its test.
func (m *machine) in(t *testing.T) *machine {
	part := *m
	part.t = t
	return &part
}

// layer gives the machine a file system that keeps what it writes away from the
// tree it shares with others.
func (m *machine) layer(lower, dir string) {
	m.t.Helper()
	upper, work := filepath.Join(dir, "upper"), filepath.Join(dir, "work")
	for _, folder := range []string{m.root, upper, work} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			m.t.Fatal(err)
		}
	}
	options := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", lower, upper, work)
	if err := syscall.Mount("overlay", m.root, "overlay", 0, options); err != nil {
		m.t.Fatalf("cannot mount the machine's file system: %v", err)
	}
	m.t.Cleanup(func() {
		if err := syscall.Unmount(m.root, syscall.MNT_DETACH); err != nil {
			m.t.Error(err)
		}
	})
}

func (m *machine) boot() {
	m.t.Helper()
	console, err := os.Create(m.console)
	if err != nil {
		m.t.Fatal(err)
	}
	defer console.Close()
	m.nspawn = exec.Command("systemd-nspawn",
		"--directory="+m.root, "--machine="+filepath.Base(filepath.Dir(m.root)), "--boot",
		"--register=no", "--keep-unit", "--private-network", "--console=passive")
	m.nspawn.Stdout, m.nspawn.Stderr = console, console
	// A machine that outlived its test would be in the way of the next one.
	m.nspawn.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := m.nspawn.Start(); err != nil {
		m.t.Fatalf("cannot start a machine: %v", err)
	}
	m.until("the machine is up", func() bool {
		// Before it is this one, nspawn has other children.
		m.leader = childOf(m.nspawn.Process.Pid)
		if m.leader == 0 {
			return false
		}
		state := m.run("systemctl", "is-system-running").Stdout
		return state == "running" || state == "degraded"
	})
}

// stop ends the machine like a power cut.
func (m *machine) stop() {
	if m.t.Failed() {
		console, _ := os.ReadFile(m.console)
		m.t.Logf("the machine's console:\n%s\nthe end of its journal:\n%s", console,
			m.run("journalctl", "--no-pager", "--lines=150", "--output=short-monotonic").Stdout)
	}
	for _, pid := range []int{m.leader, m.nspawn.Process.Pid} {
		if pid != 0 {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
		}
	}
	_ = m.nspawn.Wait() // it was killed
}

// childOf returns the process id of a process's first child, or 0 where it has
// none.
func childOf(pid int) int {
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(children), " ")
	child, _ := strconv.Atoi(first) // 0 where it has none
	return child
}

// commandLimit is how long a command in a machine may take.
const commandLimit = 90 * time.Second

// run runs a command in the machine, as root.
func (m *machine) run(name string, args ...string) harness.Result {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
	defer cancel()
	enter := []string{
		"--target", strconv.Itoa(m.leader), "--all", "--",
		"env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8",
		"SYSTEMD_PAGER=", "SYSTEMD_COLORS=0", name,
	}
	cmd := exec.CommandContext(ctx, "nsenter", append(enter, args...)...)
	cmd.WaitDelay = time.Second
	r, err := harness.ResultOf(cmd)
	if err != nil || ctx.Err() != nil {
		m.t.Fatalf("cannot run %s %q in the machine: %v", name, args, errors.Join(err, ctx.Err()))
	}
	return r
}

// must runs a command that has to succeed and returns its standard output.
func (m *machine) must(name string, args ...string) string {
	m.t.Helper()
	r := m.run(name, args...)
	if r.Status != 0 {
		m.t.Fatalf("%s %q ended with %d:\n%s\n%s", name, args, r.Status, r.Stdout, r.Stderr)
	}
	return r.Stdout
}

// shell runs a script that has to succeed and returns its standard output.
func (m *machine) shell(script string) string {
	m.t.Helper()
	return m.must("sh", "-euc", script)
}

// property returns what systemd knows of a unit.
func (m *machine) property(unit, name string) string {
	m.t.Helper()
	return m.must("systemctl", "show", "--value", "--property="+name, unit)
}

// path returns where this process finds a file of the machine.
func (m *machine) path(inside string) string { return filepath.Join(m.root, inside) }

// copyIn brings a file of this host into the machine, with the folders above it.
func (m *machine) copyIn(from, to string, mode os.FileMode) {
	m.t.Helper()
	in, err := os.Open(from)
	if err != nil {
		m.t.Fatal(err)
	}
	defer in.Close()
	m.put(to, in, mode)
}

// write writes a file in the machine, with the folders above it.
func (m *machine) write(to, text string) {
	m.t.Helper()
	m.put(to, strings.NewReader(text), 0o644)
}

func (m *machine) put(to string, from io.Reader, mode os.FileMode) {
	m.t.Helper()
	err := os.MkdirAll(filepath.Dir(m.path(to)), 0o755)
	if err != nil {
		m.t.Fatal(err)
	}
	out, err := os.OpenFile(m.path(to), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, mode)
	if err != nil {
		m.t.Fatal(err)
	}
	_, err = io.Copy(out, from)
	if err := errors.Join(err, out.Chmod(mode), out.Close()); err != nil {
		m.t.Fatal(err)
	}
}

// exists reports whether there is something at a path of the machine.
func (m *machine) exists(inside string) bool {
	m.t.Helper()
	_, err := os.Lstat(m.path(inside))
	if err != nil && !os.IsNotExist(err) {
		m.t.Fatal(err)
	}
	return err == nil
}

// until waits for a state.
func (m *machine) until(what string, reached func() bool) {
	m.t.Helper()
	if !harness.Eventually(reached) {
		m.t.Fatalf("never: %s", what)
	}
}
