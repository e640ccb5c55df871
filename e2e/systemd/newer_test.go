//go:build systemd && linux

package systemd

import (
	"path/filepath"
	"strings"
	"testing"
)

// The same under a newer systemd: it has nothing to say against the units, and is
// told in its words.
func TestSystemdNewer(t *testing.T) {
	m := withProgram(t, debian12Newer)
	if got := m.must("systemctl", "--version"); !strings.HasPrefix(got, "systemd 25") || strings.HasPrefix(got, "systemd 252") {
		t.Fatalf("the machine runs %s", got)
	}
	m.must("sessiond", "service", "install", "--root", machineRoot)
	for _, unit := range []string{"sessiond.service", "sessiond.socket"} {
		path := filepath.Join("/etc/systemd/system", unit)
		if r := m.run("systemd-analyze", "verify", "--man=no", path); r.Status != 0 || r.Stderr != "" {
			t.Errorf("%s: verify ends with %+v", unit, r)
		}
	}
	if r := m.run("systemd-analyze", "security", "--offline=true", "--threshold=15", "/etc/systemd/system/sessiond.service"); r.Status != 0 {
		t.Errorf("security ends with %+v", r)
	}
	m.must("sessiond", "service", "start")
	m.until("the status line tells how it is", func() bool {
		return m.property("sessiond", "StatusText") == "6 sessions, watching 4 folders"
	})
	m.must("systemctl", "reload", "sessiond")
	m.must("systemctl", "kill", "--kill-whom=main", "--signal=HUP", "sessiond")
	m.until("the journal tells of the signal's pass", func() bool {
		return m.must("journalctl", "--unit=sessiond", "--output=cat", "TRIGGER=signal") != ""
	})
	m.until("the reload has ended", func() bool { return m.property("sessiond", "ActiveState") == "active" })
	pid := m.property("sessiond", "MainPID")
	m.shell("kill -KILL " + pid)
	m.must("sessiond", "status") // which waits for the next one
	m.restarted(pid)
	m.must("sessiond", "service", "uninstall")
}
