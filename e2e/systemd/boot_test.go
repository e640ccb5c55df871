//go:build systemd && linux

package systemd

import (
	"testing"

	"sessiond/e2e/harness"
)

// The harness itself: a machine boots, runs what it is told, and keeps nothing.
func TestSystemdMachine(t *testing.T) {
	t.Run("boots", func(t *testing.T) {
		m := bootMachine(t, debian12)
		if got := m.must("systemctl", "--version"); got[:len("systemd 252")] != "systemd 252" {
			t.Errorf("the machine runs %s", got)
		}
		if r := m.run("sh", "-c", "echo out; echo err >&2; exit 7"); r != (harness.Result{Stdout: "out", Stderr: "err", Status: 7}) {
			t.Errorf("a command gives %+v", r)
		}
		m.write("/srv/new/file", "text")
		if got := m.must("cat", "/srv/new/file"); got != "text" {
			t.Errorf("the file has %q", got)
		}
	})
	t.Run("boots as new", func(t *testing.T) {
		if bootMachine(t, debian12).exists("/srv/new") {
			t.Error("a machine finds what another one wrote")
		}
	})
}
