//go:build root && linux

package service

import (
	"os"
	"path/filepath"
	"testing"
)

// What a service's user may do is judged by its own rights, also where there is no such
// user yet, and root's are back afterwards.
func TestAsUser(t *testing.T) {
	folder := t.TempDir()
	for _, path := range []string{filepath.Dir(folder), folder} {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	inGroup := filepath.Join(folder, "group")
	if err := os.Mkdir(inGroup, 0o750); err != nil {
		t.Fatal(err)
	}
	const daemonGroup = 1 // Linux systems have had it for ever
	if err := os.Chown(inGroup, 0, daemonGroup); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		user   string
		groups []string
		may    bool
	}{{"no-such-user", nil, false}, {"no-such-user", []string{"daemon"}, true}, {"daemon", nil, true}} {
		called := false
		asUser(test.user, test.groups, func(user string) {
			called = true
			_, err := os.ReadDir(inGroup)
			if (err == nil) != test.may || user != test.user {
				t.Errorf("%+v as %q: %v", test, user, err)
			}
		})
		if !called {
			t.Errorf("%+v: not called", test)
		}
	}
	if _, err := os.ReadDir(inGroup); err != nil {
		t.Error(err)
	}
}
