package e2e

import (
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"sessiond/internal/session"
)

// refuseCall has the kernel answer a system call with an error, as the filter of a
// container does, for the daemons that the calling test starts. It must be called from
// the test's own goroutine, which keeps its thread from then on.
func refuseCall(t *testing.T, call uint32, errno unix.Errno) {
	t.Helper()
	runtime.LockOSThread() // and never unlocked: the thread ends with the test
	const number = 0       // where struct seccomp_data has the number of the call
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: number},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: call, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(errno)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	must(t, unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
	must(t, unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0))
	runtime.KeepAlive(filter)
}

// TestStatxRefused runs the daemon where statx(2) is refused: it sees every edit.
func TestStatxRefused(t *testing.T) {
	for _, errno := range []unix.Errno{unix.EPERM, unix.ENOSYS} {
		t.Run(unix.ErrnoName(errno), func(t *testing.T) {
			root := t.TempDir()
			fill(t, root, "com.example.a", 3)
			refuseCall(t, unix.SYS_STATX, errno)
			d := circumstances{}.launch(t, root, "--settle", "50ms", "--resync", "0")
			d.loads(t, 3)
			for _, email := range []string{"second@example.com", "third@example.com"} {
				save(t, root, keyFor("com.example.a", 0), email)
				d.shows(t, keyFor("com.example.a", 0), email)
			}
			must(t, unix.Unlink(fileOf(root, keyFor("com.example.a", 1))))
			d.loads(t, 2)
			if report := d.refresh(t); report.Unchanged != 2 || len(report.Errors) != 0 {
				t.Errorf("refresh: %+v", report)
			}
			d.reach(t, "well", func(s *session.Status) bool { return isWell(s) && s.Watch.Mode == "events" })
		})
	}
}
