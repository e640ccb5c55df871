//go:build systemd && linux

package systemd

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// packaged builds the Debian package of a version.
func packaged(t *testing.T, version string) string {
	t.Helper()
	dist := t.TempDir()
	cmd := exec.Command("../../packaging/package")
	cmd.Env = append(os.Environ(), "DIST="+dist, "VERSION="+version)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("cannot build the package: %v\n%s", err, out)
	}
	found, err := filepath.Glob(filepath.Join(dist, "*.deb"))
	if err != nil || len(found) != 1 {
		t.Fatalf("there are the packages %v, %v", found, err)
	}
	return found[0]
}

// The life of the package: install, upgrade, remove, install again, purge.
func TestSystemdPackage(t *testing.T) {
	old, recent := packaged(t, "0.0.1"), packaged(t, "0.0.2")
	m := bootMachine(t, debian12)
	m.copyIn(old, "/root/old.deb", 0o644)
	m.copyIn(recent, "/root/new.deb", 0o644)
	before := m.leftovers()

	// It enables and starts nothing, and tells who the daemon will run as.
	m.must("dpkg", "--install", "/root/old.deb")
	m.wantsIdle(t)
	m.must("getent", "passwd", "sessiond")
	m.must("sessiond", "check", "/usr/share/doc/sessiond/examples/MobileApps")

	m.shell(`cp -r /usr/share/doc/sessiond/examples/MobileApps /srv/
		sed -i 's|^#root: .*|root: /srv/MobileApps|' /etc/sessiond/config.yaml`)
	settings := m.must("cat", "/etc/sessiond/config.yaml")
	m.must("systemctl", append([]string{"enable", "--quiet", "--now"}, m.units()...)...)
	m.until("the daemon has its sessions", func() bool { return m.run("sessiond", "status").Status == 0 })

	m.write("/etc/sessiond/two.yaml", "root: /srv/MobileApps\n")
	m.must("systemctl", "enable", "--quiet", "--now", "sessiond@two.service")

	// An upgrade restarts what runs, keeps the settings, and disables nothing.
	pid, pidOfTwo := m.property("sessiond.service", "MainPID"), m.property("sessiond@two.service", "MainPID")
	m.must("dpkg", "--install", "/root/new.deb")
	m.until("the new program runs", func() bool {
		return strings.Contains(m.run("sessiond", "status", "--output", "json").Stdout, `"version": "0.0.2"`)
	})
	if got := m.property("sessiond.service", "MainPID"); got == pid {
		t.Error("an upgrade did not restart the daemon")
	}
	if got := m.property("sessiond@two.service", "MainPID"); got == pidOfTwo || got == "0" {
		t.Errorf("after an upgrade the daemon of another root is the process %s, before it was %s", got, pidOfTwo)
	}
	for _, unit := range m.units() {
		if state := m.run("systemctl", "is-enabled", unit).Stdout; state != "enabled" {
			t.Errorf("after an upgrade %s is %s", unit, state)
		}
	}
	if got := m.must("cat", "/etc/sessiond/config.yaml"); got != settings {
		t.Errorf("an upgrade wrote over the settings:\n%s", got)
	}

	// What is removed runs no more, and is not there at the next boot.
	m.must("dpkg", "--remove", "sessiond")
	if left := m.run("systemctl", "list-units", "--all", "--plain", "--no-legend", "sessiond*").Stdout; left != "" {
		t.Errorf("after its removal systemd knows\n%s", left)
	}
	if left := m.shell("find /etc/systemd /run/systemd -name '*sessiond*'; pgrep -x sessiond || true"); left != "" {
		t.Errorf("its removal left\n%s", left)
	}
	if !m.exists("/etc/sessiond/config.yaml") {
		t.Error("its removal took the settings")
	}

	// It comes back with its settings, and is not enabled by surprise.
	m.must("dpkg", "--install", "/root/old.deb")
	m.wantsIdle(t)
	if got := m.must("cat", "/etc/sessiond/config.yaml"); got != settings {
		t.Errorf("installed again, it has other settings:\n%s", got)
	}
	m.must("systemctl", append([]string{"start"}, m.units()...)...)

	// An upgrade of what is stopped does not start it.
	m.must("systemctl", append([]string{"stop"}, m.units()...)...)
	m.must("dpkg", "--install", "/root/new.deb")
	m.wantsIdle(t)

	// A purge leaves nothing but the user, and what the administrator wrote.
	m.must("rm", "/etc/sessiond/two.yaml")
	m.must("systemctl", append([]string{"enable", "--quiet", "--now"}, m.units()...)...)
	m.must("dpkg", "--purge", "sessiond")
	if after := m.leftovers(); after != before {
		t.Errorf("before it was installed there was\n%s\nafter a purge there is\n%s", before, after)
	}
	m.must("getent", "passwd", "sessiond")
}

// units returns the units that an administrator enables.
func (m *machine) units() []string {
	m.t.Helper()
	return strings.Fields(m.shell("cd /usr/lib/systemd/system && ls sessiond.*"))
}

// wantsIdle complains of units that are enabled or run.
func (m *machine) wantsIdle(t *testing.T) {
	t.Helper()
	for _, unit := range m.units() {
		if state := m.run("systemctl", "is-enabled", unit).Stdout; state != "disabled" {
			t.Errorf("%s is %s", unit, state)
		}
		if state := m.run("systemctl", "is-active", unit).Stdout; state != "inactive" {
			t.Errorf("%s is %s", unit, state)
		}
	}
}

// leftovers lists what has to do with sessiond, less what dpkg and the journal
// remember.
func (m *machine) leftovers() string {
	m.t.Helper()
	return m.shell(`find / -xdev -path /proc -prune -o -path /sys -prune -o -path /var/lib/dpkg -prune -o \
		-path /root -prune -o -path /srv -prune -o -name '*sessiond*' -print | sort; find /run -name '*sessiond*'`)
}
