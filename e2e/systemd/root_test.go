//go:build systemd && linux

package systemd

import (
	"strings"
	"testing"
)

// A root that is not there is a slip at the installation, and waited for by a
// service that is installed.
func TestSystemdMissingRoot(t *testing.T) {
	m := withProgram(t, debian12)
	r := m.run("sessiond", "service", "install", "--root", "/srv/nowhere")
	if want := `sessiond: cannot install the service: the root "/srv/nowhere": no such file or directory`; r.Status != 1 || r.Stderr != want {
		t.Errorf("without a root, install ends with %+v", r)
	}
	r = m.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sessiond", "service", "install", "--root", machineRoot)
	if r.Status != 1 || !strings.Contains(r.Stderr, "use sudo") || strings.Contains(r.Stderr, "\n") {
		t.Errorf("without rights, install ends with %+v", r)
	}
	// In the way of the link that enables the socket.
	m.shell("rm -rf /etc/systemd/system/sockets.target.wants; touch /etc/systemd/system/sockets.target.wants")
	r = m.run("sessiond", "service", "install", "--root", machineRoot)
	if r.Status != 1 || !strings.HasPrefix(r.Stderr, "sessiond: cannot install the service: ") || strings.Contains(r.Stderr, "\n") {
		t.Errorf("half-way, install ends with %+v", r)
	}
	m.must("rm", "/etc/systemd/system/sockets.target.wants")
	if got := m.shell(`find /etc /run -name 'sessiond*'; systemctl list-units --all --plain --no-legend 'sessiond*'`); got != "" {
		t.Errorf("left behind: %s", got)
	}

	m.must("sessiond", "service", "install", "--root", machineRoot)
	m.must("mv", "/srv/4D", "/srv/away")
	m.must("sessiond", "service", "start")
	if got := m.must("sessiond", "status"); !strings.Contains(got, "is not there") {
		t.Errorf("without its root, the daemon says\n%s", got)
	}
	m.must("mv", "/srv/away", "/srv/4D")
	m.until("the sessions are there", func() bool {
		return strings.HasPrefix(m.property("sessiond", "StatusText"), "6 sessions, watching")
	})
}

// The daemon reads what its groups may read; a drop-in gives it more.
func TestSystemdPermissions(t *testing.T) {
	for name, dropIn := range map[string]string{
		"a group":      "SupplementaryGroups=fourd\n",
		"a capability": "CapabilityBoundingSet=CAP_DAC_READ_SEARCH\nAmbientCapabilities=CAP_DAC_READ_SEARCH\n",
	} {
		t.Run(name, func(t *testing.T) {
			m := withProgram(t, debian12)
			m.must("systemd-sysusers", "--inline", "u fourd -")
			m.shell("chown -R fourd:fourd " + machineRoot + "; chmod -R u=rwX,g=rX,o= " + machineRoot)
			m.must("sessiond", "service", "install", "--root", machineRoot)
			m.must("sessiond", "service", "start")
			if got := m.must("sessiond", "status"); !strings.Contains(got, "permission denied") {
				t.Errorf("without rights, the daemon says\n%s", got)
			}
			m.write("/etc/systemd/system/sessiond.service.d/rights.conf", "[Service]\n"+dropIn)
			m.must("systemctl", "daemon-reload")
			m.must("sessiond", "service", "restart")
			m.until("the sessions are there", func() bool {
				return strings.HasPrefix(m.property("sessiond", "StatusText"), "6 sessions")
			})
		})
	}
}
