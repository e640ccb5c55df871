//go:build systemd && linux

package systemd

import (
	"path/filepath"
	"strings"
	"testing"
)

// unitFolder is where packages have their units.
const unitFolder = "/usr/lib/systemd/system/"

// withUnits boots a machine with the units as packages ship them.
func withUnits(t *testing.T) *machine {
	t.Helper()
	m := bootMachine(t, debian12)
	m.copyIn(staticProgram(t), "/usr/bin/sessiond", 0o755)
	m.copyIn("../../packaging/sysusers.conf", "/usr/lib/sysusers.d/sessiond.conf", 0o644)
	m.must("systemd-sysusers")
	units, err := filepath.Glob("../../systemd/*.s*[et]")
	if err != nil || len(units) != 6 {
		t.Fatalf("units: %v, %v", units, err)
	}
	for _, unit := range units {
		m.copyIn(unit, unitFolder+filepath.Base(unit), 0o644)
	}
	m.must("systemctl", "daemon-reload")
	return m
}

// systemd has nothing to say against the units, and little against what they allow.
func TestSystemdUnits(t *testing.T) {
	m := withUnits(t)
	for _, unit := range []string{"sessiond.service", "sessiond.socket", "sessiond-check.socket", "sessiond@shop.service", "sessiond@shop.socket", "sessiond-check@shop.socket"} {
		if r := m.run("systemd-analyze", "verify", "--man=no", unit); r.Status != 0 || r.Stderr != "" { // it succeeds on unknown keys
			t.Errorf("%s: verify ends with %+v", unit, r)
		}
	}
	for _, unit := range []string{"sessiond.service", "sessiond@.service"} {
		r := m.run("systemd-analyze", "security", "--offline=true", "--threshold=15", unitFolder+unit)
		lines := strings.Split(r.Stdout, "\n")
		if r.Status != 0 {
			t.Errorf("%s: %s", unit, lines[len(lines)-1])
		}
		t.Log(lines[len(lines)-1])
	}
	r := m.run("sessiond", "service", "install", "--root", "/srv")
	if want := "sessiond: cannot install the service: the service belongs to a package, as " + unitFolder + "sessiond.service"; r.Status != 1 || !strings.HasPrefix(r.Stderr, want) || strings.Contains(r.Stderr, "\n") {
		t.Errorf("service install beside a package ends with %+v", r)
	}
}

// Settings that are wrong as they are written are said once: no other start can correct
// them. What the machine may become is tried again, as often as systemd allows.
func TestSystemdWrongSettings(t *testing.T) {
	m := withUnits(t)
	m.write("/etc/sessiond/config.yaml", "rooot: /srv\n")
	if r := m.run("systemctl", "start", "sessiond"); r.Status == 0 {
		t.Error("a daemon with an unknown setting has started")
	}
	if state, n := m.property("sessiond.service", "ActiveState"), m.property("sessiond.service", "NRestarts"); state != "failed" || n != "0" {
		t.Errorf("after an unknown setting the service is %s and was tried %s times more, want none", state, n)
	}
	if got := m.property("sessiond.service", "ExecMainStatus"); got != "78" {
		t.Errorf("an unknown setting ends the daemon with %s, want 78", got)
	}
	m.must("systemctl", "reset-failed", "sessiond.service")

	m.write("/etc/sessiond/config.yaml", "root: /srv\nsocket: /run/other.sock\n")
	if r := m.run("systemctl", "start", "sessiond"); r.Status == 0 {
		t.Error("a daemon with another socket than its unit's has started")
	}
	m.until("systemd gives up", func() bool {
		return m.property("sessiond.service", "ActiveState") == "failed" && m.property("sessiond.service", "NRestarts") == "5"
	})
	log := m.must("journalctl", "--unit=sessiond.service", "--output=cat")
	if !strings.Contains(log, `the service manager listens on another socket, "/run/sessiond/sessiond.sock", and the settings name "/run/other.sock"`) {
		t.Errorf("the journal does not say what is wrong:\n%s", log)
	}

	m.write("/etc/sessiond/config.yaml", "root: /srv\n")
	m.must("systemctl", "reset-failed", "sessiond.service", "sessiond.socket")
	m.must("systemctl", "start", "sessiond")
}

// Several roots are several instances, which know nothing of each other.
func TestSystemdTemplates(t *testing.T) {
	m := withUnits(t)
	for name, app := range map[string]string{"shop": machineApp, "stock": "FAKETEAMID.org.example.Stock"} {
		m.copyTree("../../examples/MobileApps/"+app, "/srv/"+name+"/"+app)
		m.write("/etc/sessiond/"+name+".yaml", "root: /srv/"+name+"\n")
		m.must("systemctl", "enable", "--now", "sessiond@"+name)
	}
	for name, want := range map[string]string{"shop": "3 sessions, watching 2 folders", "stock": "1 session, watching 2 folders"} {
		m.until("each has its own sessions", func() bool { return m.property("sessiond@"+name, "StatusText") == want })
		m.must("systemctl", "reload", "sessiond@"+name)
		m.must("sessiond", "status", "--socket", "/run/sessiond-"+name+"/sessiond.sock")
	}
	m.must("systemctl", "disable", "--now", "sessiond@shop.socket", "sessiond@shop.service")
	if got := m.property("sessiond@stock", "ActiveState"); got != "active" {
		t.Errorf("with one stopped, the other is %s", got)
	}
}
