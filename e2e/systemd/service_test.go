//go:build systemd && linux

package systemd

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Where the machines have things.
const (
	machineProgram = "/usr/local/bin/sessiond"
	machineRoot    = "/srv/4D/MobileApps"
	machineSocket  = "/run/sessiond/sessiond.sock"
)

// withProgram boots a machine with the program and the examples in it.
func withProgram(t *testing.T, b base) *machine {
	t.Helper()
	m := bootMachine(t, b)
	m.copyIn(staticProgram(t), machineProgram, 0o755)
	m.copyTree("../../examples/MobileApps", machineRoot)
	return m
}

// withService boots a machine in which the service is installed and runs.
func withService(t *testing.T, flags ...string) *machine {
	t.Helper()
	m := withProgram(t, debian12)
	m.must("sessiond", append([]string{"service", "install", "--root", machineRoot}, flags...)...)
	m.must("sessiond", "service", "start")
	return m
}

// socket returns where this process finds the daemon's socket: the machine has a
// /run of its own.
func (m *machine) socket() string { return fmt.Sprintf("/proc/%d/root%s", m.leader, machineSocket) }

// copyTree brings a folder of this host into the machine, for all to read.
func (m *machine) copyTree(from, to string) {
	m.t.Helper()
	err := filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			below, _ := filepath.Rel(from, path) // path is below it
			m.copyIn(path, filepath.Join(to, below), 0o644)
		}
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

// A service is installed, runs, and goes again without a trace.
func TestSystemdService(t *testing.T) {
	m := withProgram(t, debian12)
	traces := func() string {
		return m.shell(`find /etc /run /usr /var/lib -newer /etc/hostname -iname '*sessiond*' | sort; systemctl list-units --all --plain --no-legend '*sessiond*'`)
	}
	before := traces()

	m.must("sessiond", "service", "install", "--root", machineRoot)
	m.must("sessiond", "service", "install", "--root", machineRoot) // changes nothing
	if r := m.run("sessiond", "service", "install", "--root", "/srv"); r.Status != 1 || strings.Count(r.Stderr, "\n") != 0 || !strings.Contains(r.Stderr, "sessiond service uninstall") {
		t.Errorf("another install ends with %+v", r)
	}
	if got := m.must("sessiond", "service", "status"); got != "the service is stopped" {
		t.Errorf("before it is started, %s", got)
	}
	for _, unit := range []string{"sessiond.service", "sessiond.socket"} {
		if got := m.must("systemctl", "is-enabled", unit); got != "enabled" {
			t.Errorf("%s is %s", unit, got)
		}
	}

	m.must("sessiond", "service", "start")
	if got := m.must("sessiond", "service", "status"); got != "the service is running" {
		t.Errorf("after it was started, %s", got)
	}
	if got := m.must("stat", "--format=%a %G %F", machineSocket); got != "660 sessiond socket" {
		t.Errorf("the socket is %s", got)
	}
	if got := m.shell(`cd /proc/$(systemctl show --value --property=MainPID sessiond); stat --format='%U %G' .; grep ^CapEff: status`); strings.Join(strings.Fields(got), " ") != "sessiond sessiond CapEff: 0000000000000000" {
		t.Errorf("the daemon runs as %s", got)
	}
	if got := m.property("sessiond.service", "RequiresMountsFor"); !strings.Contains(got, machineRoot) {
		t.Errorf("the service requires the mounts for %s", got)
	}
	m.must("sessiond", "status")

	m.must("sessiond", "service", "stop")
	if r := m.run("sessiond", "status"); r.Status != 4 { // and does not start it by asking
		t.Errorf("after the stop, status ends with %+v", r)
	}
	m.must("sessiond", "service", "start")
	m.must("sessiond", "service", "uninstall")
	if diff := cmp.Diff(before, traces()); diff != "" {
		t.Errorf("what is left (-before +after):\n%s", diff)
	}
	if r := m.run("sessiond", "service", "status"); r.Status != 1 || !strings.Contains(r.Stderr, "not installed") {
		t.Errorf("after all, service status ends with %+v", r)
	}
}
