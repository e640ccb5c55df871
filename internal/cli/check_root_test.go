//go:build root && linux

package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/internal/mobileapps"
)

// A path that cannot be reached is told with the folder that may not be passed.
func TestCheckNamesTheClosedFolder(t *testing.T) {
	above := filepath.Join(t.TempDir(), "4D")
	root := filepath.Join(above, "MobileApps")
	if err := os.MkdirAll(root, 0o755); err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]os.FileMode{filepath.Dir(filepath.Dir(above)): 0o755, filepath.Dir(above): 0o755, above: 0o750} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	want := fmt.Sprintf(`cannot check %q: permission denied: user %s may not pass through %q (0750 root:root)`, root, mobileapps.EffectiveUser(), above)
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // the thread ends with the goroutine
		if err := errors.Join(unix.Setfsgid(65534), unix.Setfsuid(65534)); err != nil {
			t.Error(err)
			return
		}
		if _, err := newTarget(root); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}()
	<-done
}
