//go:build root

package watcher

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// These tests set the kernel's limits and mount file systems, each in a user and
// mount namespace of its own. Where the kernel keeps such namespaces for root,
// they need root; hence the build tag.

// inNamespace runs the calling test once more in a process in new namespaces and
// reports whether this is that process.
func inNamespace(t *testing.T) bool {
	t.Helper()
	const mark = "WATCHER_TEST_IN_NAMESPACE"
	if os.Getenv(mark) != "" {
		return true
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), mark+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("in a namespace: %v\n%s", err, out)
	}
	return false
}

// limit sets one of the namespace's limits.
func limit(t *testing.T, name string, n int) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join("/proc/sys/user", name), fmt.Append(nil, n), 0o600))
}

func TestRealWatchesUsedUp(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	limit(t, "max_inotify_watches", 3)
	root := t.TempDir()
	l := newLive(t, root, Auto, often).start()
	for i := range 6 {
		mkdir(t, root, fmt.Sprintf("a.%d", i))
	}
	l.hasMode(Poll, true)
	l.settle()
	l.hasWatches(3)
	write(t, "1", root, "a.5", "file")
	l.settle()

	limit(t, "max_inotify_watches", 100)
	l.hasMode(Events, false)
	l.settleWatched()
	l.logged(logDegraded, 1)
	l.logged(logRestored, 1)
}

func TestRealInstancesUsedUp(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	limit(t, "max_inotify_instances", 0)
	root := t.TempDir()
	mkdir(t, root, "a.one")
	l := newLive(t, root, Auto, often).start()
	l.hasMode(Poll, true)

	limit(t, "max_inotify_instances", 10)
	l.hasMode(Events, false)
	l.settleWatched()
}

// TestAppFolderWithoutEvents mounts a file system that gives no events over an app
// folder: that one is polled, until it is gone. On the root's own device the file
// system is not asked for.
func TestAppFolderWithoutEvents(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	root := t.TempDir()
	mkdir(t, root, "a.one")
	mkdir(t, root, "b.two")
	l := newLive(t, root, Auto, often)
	var asked []string
	l.watches.check = func(path string) error {
		if asked = append(asked, path); path == root {
			return nil
		}
		return fmt.Errorf("on a mount that gives %w", errNoEvents)
	}
	l.start().settleWatched()
	l.ops.Lock()
	if diff := cmp.Diff([]string{root}, asked); diff != "" {
		t.Errorf("asked about (-want +got):\n%s", diff)
	}
	l.ops.Unlock()

	app := filepath.Join(root, "b.two")
	must(t, unix.Mount("tmpfs", app, "tmpfs", 0, ""))
	l.hasMode(Events, true)
	if want := `app folder "b.two" is on a mount that gives no events for what others write`; l.State().Reason != want {
		t.Errorf("reason %q, want %q", l.State().Reason, want)
	}
	l.hasWatches(2)
	for n := range 3 {
		write(t, fmt.Sprint(n), app, "file")
		l.settle()
	}
	must(t, unix.Unmount(app, 0))
	l.hasMode(Events, false)
	l.settleWatched()
	l.logged(logFolderPolled, 1)
	l.logged(logNoFolderPolled, 1)
	l.logged(logDegraded, 0)
}

func TestMounts(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	root := filepath.Join(t.TempDir(), "root")
	mkdir(t, root, "a.one")
	l := newLive(t, root, Auto, often).start()
	l.settleWatched()

	// Over the root: found by the timer.
	must(t, unix.Mount("tmpfs", root, "tmpfs", 0, ""))
	l.settle()
	mkdir(t, root, "b.two")
	l.settleWatched()
	must(t, unix.Unmount(root, 0))
	l.settleWatched()

	// Over an app folder: found by the timer, from then on by events. A bind mount that
	// is away again leaves the watch on a folder that is still there, elsewhere.
	app := filepath.Join(root, "a.one")
	elsewhere := filepath.Join(filepath.Dir(root), "elsewhere")
	mkdir(t, elsewhere)
	must(t, unix.Mount(elsewhere, app, "", unix.MS_BIND, ""))
	write(t, "1", elsewhere, "file")
	l.settleWatched()
	must(t, unix.Unmount(app, 0))
	write(t, "2", app, "file")
	l.settleWatched()
	must(t, unix.Mount("tmpfs", app, "tmpfs", 0, ""))
	l.settleWatched()
	write(t, "1", app, "file")
	l.settleWatched()
	// Away again: the kernel ends the watch in silence, which the timer finds.
	must(t, unix.Unmount(app, 0))
	l.settleWatched()
	write(t, "2", app, "file")
	l.settleWatched()

	// One folder in two places has one watch: the timer looks at the other.
	twin := filepath.Join(root, "b.two")
	mkdir(t, twin)
	must(t, unix.Mount(app, twin, "", unix.MS_BIND, ""))
	l.settle()
	write(t, "3", twin, "file")
	l.settle()
	must(t, unix.Unmount(twin, 0))
	l.settleWatched()
	write(t, "4", twin, "file")
	l.settleWatched()
}
