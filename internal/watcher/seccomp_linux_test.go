package watcher

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// inProcess runs the calling test once more in a process of its own, as nobody
// where it is root's, and reports whether this is that process.
func inProcess(t *testing.T) bool {
	t.Helper()
	const mark = "WATCHER_TEST_IN_PROCESS"
	if os.Getenv(mark) != "" {
		return true
	}
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.v", "-test.run", "^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$")
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), mark+"=1")
	if os.Getuid() == 0 {
		const nobody = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("in a process of its own: %v\n%s", err, out)
	}
	return false
}

// refuseWatches has the kernel refuse all watches of this process from now on,
// with an error number, as a container's filter does.
func refuseWatches(t *testing.T, errno syscall.Errno) {
	t.Helper()
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // the call's number
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_INOTIFY_ADD_WATCH, Jt: 0, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(errno)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	must(t, unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
	_, _, err := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&program)))
	if err != 0 {
		t.Fatalf("cannot set the filter: %v", err)
	}
}

// TestRefusedWatches has the kernel refuse all watches, for whatever reason: as
// long as the folders can be listed, they are polled.
func TestRefusedWatches(t *testing.T) {
	for name, errno := range map[string]syscall.Errno{
		"EACCES": unix.EACCES, "EPERM": unix.EPERM, "ENOSYS": unix.ENOSYS, "EINVAL": unix.EINVAL,
		"ENOSPC": unix.ENOSPC, "ENOMEM": unix.ENOMEM, "EMFILE": unix.EMFILE, "ENFILE": unix.ENFILE,
		"ENOENT": unix.ENOENT, "ENOTDIR": unix.ENOTDIR, "EIO": unix.EIO, "ESTALE": unix.ESTALE,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !inProcess(t) {
				return
			}
			refuseWatches(t, errno)
			root := t.TempDir()
			mkdir(t, root, "a.one")
			l := newLive(t, root, Auto, often).start()
			l.hasMode(Poll, true)
			if got := l.State().Reason; !strings.Contains(got, errno.Error()) || !strings.Contains(got, "the root") {
				t.Errorf("reason %q does not say %q of the root", got, errno)
			}
			write(t, "1", root, "a.one", "file")
			l.settle()
			l.logged(logDegraded, 1)
		})
	}
}

// TestRefusedWatchOfAppFolder has the kernel refuse the watch of one app folder:
// that one is polled, the others are watched.
func TestRefusedWatchOfAppFolder(t *testing.T) {
	for name, errno := range map[string]syscall.Errno{
		"EACCES": unix.EACCES, "EPERM": unix.EPERM, "EIO": unix.EIO, "ENOENT": unix.ENOENT,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !inProcess(t) {
				return
			}
			root := t.TempDir()
			mkdir(t, root, "a.one")
			l := newLive(t, root, Auto, often).start()
			l.settleWatched()
			refuseWatches(t, errno)
			mkdir(t, root, "b.two")
			l.hasMode(Events, true)
			if got := l.State().Reason; !strings.Contains(got, errno.Error()) || !strings.Contains(got, `"b.two"`) {
				t.Errorf("reason %q does not say %q of b.two", got, errno)
			}
			l.hasWatches(2)
			for n := range 3 {
				write(t, fmt.Sprint(n), root, "b.two", "file")
				write(t, fmt.Sprint(n), root, "a.one", "file")
				l.settle()
			}
			l.logged(logFolderPolled, 1)
			l.logged(logDegraded, 0)

			removeAll(t, root, "b.two")
			l.hasMode(Events, false)
			l.settleWatched()
			l.logged(logNoFolderPolled, 1)
		})
	}
}

// TestFolderThatMayNotBeListed has no watch, which is no reason to poll: there is
// nothing to be seen in it.
func TestFolderThatMayNotBeListed(t *testing.T) {
	if !inProcess(t) {
		return
	}
	root := t.TempDir()
	l := newLive(t, root, Auto, often).start()
	l.settleWatched()
	app := filepath.Join(root, "a.one")
	must(t, os.Mkdir(app, 0))
	l.settle()
	l.hasWatches(1)
	l.tick()
	if got := l.State(); got.Degraded {
		t.Errorf("state %+v, want not degraded", got)
	}
	must(t, os.Chmod(app, 0o700))
	l.settleWatched()
}
