package e2e

import (
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"sessiond/internal/session"
)

// refuseCall has the kernel refuse a system call, with an error number, to the
// programs that the test starts from now on, as a container's filter does. It must
// be called from the test's own goroutine, which keeps its thread from then on.
func refuseCall(t *testing.T, number uint32, errno syscall.Errno) {
	t.Helper()
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // the call's number
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: number, Jt: 0, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(errno)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	runtime.LockOSThread() // and never unlocked: the thread ends with the test
	must(t, unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
	_, _, err := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&program)))
	if err != 0 {
		t.Fatalf("cannot set the filter: %v", err)
	}
}

// TestWatchesRefused runs a daemon where the kernel refuses to watch folders that
// can be listed: it polls, says why once, and sees every edit.
func TestWatchesRefused(t *testing.T) {
	for name, errno := range map[string]syscall.Errno{"EACCES": unix.EACCES, "EPERM": unix.EPERM, "ENOSYS": unix.ENOSYS} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refuseCall(t, unix.SYS_INOTIFY_ADD_WATCH, errno)
			root := t.TempDir()
			fill(t, root, "com.example.a", 2)
			d := launch(t, root, "--settle", "50ms", "--poll", "100ms", "--resync", "0")
			now := d.reach(t, "polling", func(s *session.Status) bool {
				return s.Watch.Mode == "poll" && s.Watch.Degraded && s.Sessions == 2
			})
			if !strings.Contains(now.Watch.Reason, errno.Error()) {
				t.Errorf("the reason is %q, which does not say %q", now.Watch.Reason, errno)
			}
			for _, email := range []string{"second@example.com", "third@example.com"} {
				save(t, root, keyFor("com.example.a", 0), email)
				d.shows(t, keyFor("com.example.a", 0), email)
			}
			log, err := os.ReadFile(d.cmd.Stderr.(*os.File).Name())
			must(t, err)
			if n := strings.Count(string(log), "changes cannot be watched"); n != 1 {
				t.Errorf("the log says %d times that changes cannot be watched, want once", n)
			}
		})
	}
}
