package console_test

import (
	"errors"
	"os"
	"testing"

	"sessiond/internal/console"
)

const address = "http://127.0.0.1:8080/#key=ABC"

// env returns a lookup of variables.
func env(all map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { value, found := all[name]; return value, found }
}

// No browser is opened as root, nor where it could not be seen or given the address. How
// one is opened is shown by e2e/browser.
func TestNoBrowser(t *testing.T) {
	t.Setenv("PATH", t.TempDir()) // no program
	folder := t.TempDir()
	for name, all := range map[string]map[string]string{
		"no display":        {"XDG_RUNTIME_DIR": folder},
		"no folder":         {"DISPLAY": ":0"},
		"an empty folder":   {"DISPLAY": ":0", "XDG_RUNTIME_DIR": ""},
		"root or no opener": {"DISPLAY": ":0", "XDG_RUNTIME_DIR": folder},
	} {
		if _, err := console.OpenBrowser(address, env(all)); !errors.Is(err, console.ErrNoBrowser) {
			t.Errorf("%s: %v, want ErrNoBrowser", name, err)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
}
