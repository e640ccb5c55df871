//go:build root

package edit

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// systemCalls are those by which an edit looks at and changes files, on any architecture.
func systemCalls() []string {
	return strings.Fields(`openat newfstatat fstat statx fstatfs flock pread64 read write fchown fchmod flistxattr fgetxattr
		fsetxattr fremovexattr fsync renameat2 linkat unlinkat getdents64 close`)
}

// The same as TestCrash for each system call by itself: strace kills the process as it
// makes the call for the first, second, ... time.
func TestCrashAtEachSystemCall(t *testing.T) {
	kills := 0
	for does := range edits() {
		for _, call := range systemCalls() {
			for n := 1; ; n++ {
				c := newCrash(t, does)
				died := c.run(t, exec.Command("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace="+call,
					"-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", call, n), os.Args[0]), 0)
				c.check(t, died, fmt.Sprintf("%s, %s %d", does, call, n))
				if !died || t.Failed() {
					break
				}
				kills++
			}
		}
	}
	t.Logf("killed %d times", kills)
	if kills < 100 {
		t.Error("that is too few for what an edit does")
	}
}
