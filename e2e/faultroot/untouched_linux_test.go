//go:build root

package faultroot

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sessiond/e2e/harness"
)

// reading are the system calls that may name anything in the tree. Opening is one of
// them as long as it is for reading.
func reading() []string {
	return []string{
		"execve", // the command line names the root
		"openat", "openat2", "close", "read", "pread64", "getdents64", "lseek", "fcntl", "dup3",
		"stat", "lstat", "fstat", "newfstatat", "statx", "statfs", "fstatfs", "readlinkat", "name_to_handle_at", "ioctl",
		"inotify_add_watch", "epoll_ctl", "fadvise64",
	}
}

// TestWriteOffTouchesNothing traces a daemon with --write off while files come, change and
// go, and while it is asked for all that it can be asked for: it makes no system call
// that could change anything in the tree.
func TestWriteOffTouchesNothing(t *testing.T) {
	const app = "com.example.a"
	root := filepath.Join(openFolder(t), "MobileApps")
	harness.Fill(t, root, app, 3)
	trace := filepath.Join(t.TempDir(), "trace")
	// With -D the daemon has the process id that was started.
	d := harness.Setting{
		Shell: "exec strace -D -f -y -s 0 -e signal=none -e trace=%file,%desc -o " + trace + ` "$@"`,
	}.Begin(t, root, "--write", "off", "--settle", "20ms", "--poll", "50ms")
	harness.Must(t, d.AwaitReady())
	d.Loads(t, 3)

	harness.Save(t, root, harness.NthKey(app, 0), "second@example.com")
	d.Shows(t, harness.NthKey(app, 0), "second@example.com")
	harness.Must(t, os.WriteFile(harness.FileOf(root, harness.NthKey(app, 1)), []byte("{"), 0o600))
	harness.Must(t, os.Remove(harness.FileOf(root, harness.NthKey(app, 2))))
	d.Loads(t, 1)
	harness.Fill(t, root, "com.example.b", 1)
	for _, args := range [][]string{{"open", "--all"}, {"refresh"}, {"refresh", "--take-root"}, {"list"}, {"status"}} {
		_ = d.Command(args...).Run() // a file is rejected
	}
	for _, path := range []string{"/v1/sessions/" + harness.NthKey(app, 0).String(), "/v1/changes", "/v1/trash/1/restore"} {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			if status := askPlainly(t, d.Socket, method, path); status < 400 || status >= 500 {
				t.Errorf("%s %s: status %d", method, path, status)
			}
		}
	}
	d.HangUp(t)
	harness.Must(t, d.Stop())

	text, err := os.ReadFile(trace)
	harness.Must(t, err)
	call := regexp.MustCompile(`^\d+ +(?:<\.\.\. )?(\w+)[( ]`)
	forWriting := regexp.MustCompile(`O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)`)
	seen := map[string]int{}
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, root) {
			continue
		}
		name := call.FindStringSubmatch(line)
		if name == nil {
			t.Errorf("cannot read %q", line)
			continue
		}
		seen[name[1]]++
		if !slices.Contains(reading(), name[1]) || strings.HasPrefix(name[1], "open") && forWriting.MatchString(line) {
			t.Errorf("it may write: %s", line)
		}
	}
	for _, must := range []string{"openat", "getdents64", "statx", "pread64"} {
		if seen[must] == 0 {
			t.Errorf("the trace has no %s in the tree, so it does not show what the daemon does: %v", must, seen)
		}
	}
}

// askPlainly sends a request with the body {} and returns the status of the answer.
func askPlainly(t *testing.T, socket, method, path string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), harness.Patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://sessiond"+path, strings.NewReader("{}"))
	harness.Must(t, err)
	req.Header.Set("Content-Type", "application/json")
	answer, err := person{}.client(socket).Do(req)
	harness.Must(t, err)
	defer answer.Body.Close()
	return answer.StatusCode
}
