//go:build systemd && linux

package systemd

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nkeys"

	"sessiond/e2e/harness"
)

// elsewhere is an address of the machine that is not loopback: for the units it is that of
// another machine.
const elsewhere = "192.0.2.10"

// withBroker brings a nats-server into the machine, with its monitoring, and runs it at an
// address as a service.
func (m *machine) withBroker(address, config string) {
	m.t.Helper()
	program := filepath.Join(m.t.TempDir(), "nats-server")
	cmd := exec.Command("go", "build", "-o", program, "github.com/nats-io/nats-server/v2")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("cannot build nats-server: %v: %s", err, text)
	}
	m.copyIn(program, "/usr/local/bin/nats-server", 0o755)
	m.write("/etc/nats.conf", "listen: \""+address+":4222\"\nhttp: \""+address+":8222\"\njetstream { store_dir: /var/lib/nats }\n"+config)
	m.must("systemd-run", "--unit=nats", "nats-server", "-c", "/etc/nats.conf")
}

// withElsewhere gives the machine the address elsewhere.
func (m *machine) withElsewhere() {
	m.t.Helper()
	cmd := exec.Command("nsenter", "--target", strconv.Itoa(m.leader), "--net", "ip", "address", "add", elsewhere+"/32", "dev", "lo")
	if text, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("cannot add an address: %v: %s", err, text)
	}
}

// forbids keeps the service from connecting to anything. The unit's address rules do that
// for addresses elsewhere, by programs of the kernel's that systemd cannot use where the
// host has control groups of version 1; what the daemon sees is the same.
func (m *machine) forbids() {
	m.t.Helper()
	m.write("/etc/systemd/system/sessiond.service.d/forbid.conf", "[Service]\nRestrictAddressFamilies=\nRestrictAddressFamilies=AF_UNIX\n")
	m.must("systemctl", "daemon-reload")
}

// allows ends that.
func (m *machine) allows() {
	m.t.Helper()
	m.must("rm", "/etc/systemd/system/sessiond.service.d/forbid.conf")
	m.must("systemctl", "daemon-reload")
}

// publishing runs an authority beside the service.
func (m *machine) publishing(server string, flags ...string) {
	m.t.Helper()
	m.must("systemd-run", append([]string{
		"--unit=north", "--property=RuntimeDirectory=north", "--property=StateDirectory=north", "--property=LogsDirectory=north",
		"sessiond", "run", "--config=/dev/null", "--root", machineRoot, "--admit=follow", "--socket=/run/north/north.sock",
		"--publish", server, "--replica-node=north",
	}, flags...)...)
}

// says waits until the status of the service has a text.
func (m *machine) says(text string) {
	m.t.Helper()
	status := ""
	if !harness.Eventually(func() bool {
		status = m.run("sessiond", "status").Stdout
		return strings.Contains(strings.Join(strings.Fields(status), " "), text)
	}) {
		m.t.Fatalf("the status never says %q:\n%s", text, status)
	}
}

// A follower is installed as a service without a root, follows, and goes again without a
// trace.
func TestSystemdFollower(t *testing.T) {
	m := withProgram(t, debian12)
	m.withBroker("127.0.0.1", "")
	m.publishing("nats://127.0.0.1:4222")
	traces := func() string {
		return m.shell(`find /etc /run /usr /var/lib -newer /etc/hostname -iname '*sessiond*' | sort; systemctl list-unit-files --plain --no-legend '*sessiond*' || :`)
	}
	before := traces()
	m.must("sessiond", "service", "install", "--follow=nats://127.0.0.1:4222", "--replica-node=south")
	if got := m.property("sessiond.service", "After"); strings.Contains(got, "network-online.target") {
		t.Errorf("a service that needs no network waits for it: %s", got)
	}
	m.must("sessiond", "service", "start")
	m.says("node north, the authority of main as node south: following")
	m.until("systemd is told", func() bool { return m.property("sessiond.service", "StatusText") == "6 sessions, following" })
	pid := m.property("sessiond.service", "MainPID")
	m.must("systemctl", "reload", "sessiond")
	m.says("as node south: following")
	if got := m.property("sessiond.service", "MainPID"); got != pid {
		t.Errorf("the reload made process %s of %s", got, pid)
	}
	m.must("systemctl", "restart", "sessiond")
	m.says("as node south: following")
	m.must("systemctl", "stop", "nats")
	m.says("Degraded: what is shown is")
	m.must("sessiond", "service", "stop")
	m.must("sessiond", "service", "uninstall")
	if diff := cmp.Diff(before, traces()); diff != "" {
		t.Errorf("what is left (-before +after):\n%s", diff)
	}
}

// The packages' unit follows servers elsewhere once the drop-in of the examples names
// them; until then, the status says what forbids it. Secrets are those of files that the
// group may read, or of the service manager.
func TestSystemdClusterDropIn(t *testing.T) {
	m := withUnits(t)
	m.copyTree("../../examples/MobileApps", machineRoot)
	m.withElsewhere()
	pair, err := nkeys.CreateUser()
	harness.Must(t, err)
	seed, err := pair.Seed()
	harness.Must(t, err)
	public, err := pair.PublicKey()
	harness.Must(t, err)
	m.withBroker(elsewhere, "authorization { users: [{nkey: "+public+"}] }\n")
	m.write("/etc/sessiond/south.nk", string(seed))
	m.write("/etc/north.nk", string(seed))
	m.must("chmod", "0600", "/etc/north.nk")
	m.publishing("nats://"+elsewhere+":4222", "--replica-insecure=on", "--replica-nkey=/etc/north.nk")
	settings := "follow: nats://" + elsewhere + ":4222\nreplica-insecure: on\nreplica-node: south\nreplica-nkey: "
	m.write("/etc/sessiond/config.yaml", settings+"/etc/sessiond/south.nk\n")

	if r := m.run("systemctl", "start", "sessiond"); r.Status == 0 {
		t.Error("a follower starts with a secret that everybody may read")
	}
	if got := m.must("journalctl", "--unit=sessiond.service", "--output=cat"); !strings.Contains(got, "is open to everybody (mode 0644)") {
		t.Errorf("the journal does not say why:\n%s", got)
	}
	m.must("systemctl", "stop", "sessiond.service", "sessiond.socket")
	m.must("systemctl", "reset-failed")
	m.shell("chgrp sessiond /etc/sessiond/south.nk; chmod 0640 /etc/sessiond/south.nk")
	m.forbids()
	m.must("systemctl", "start", "sessiond")
	m.says("Not ready: there is nothing to show yet: the system does not let the daemon connect to nats://" + elsewhere)
	m.must("systemctl", "stop", "sessiond.service", "sessiond.socket")
	m.allows()

	m.copyIn("../../examples/cluster/service.conf", "/etc/systemd/system/sessiond.service.d/cluster.conf", 0o644)
	m.must("systemctl", "daemon-reload")
	if got := m.property("sessiond.service", "After"); !strings.Contains(got, "network-online.target") {
		t.Errorf("the service comes after %s", got)
	}
	if got := m.property("sessiond.service", "IPAddressAllow"); !strings.Contains(got, "192.0.2.0/24") || !strings.Contains(got, "127.0.0.0/8") {
		t.Errorf("the service may connect to %s", got)
	}
	m.must("systemctl", "start", "sessiond")
	m.says("as node south: following")
	m.must("systemctl", "reload", "sessiond")
	m.says("as node south: following")

	m.shell("chown root:root /etc/sessiond/south.nk; chmod 0600 /etc/sessiond/south.nk")
	m.write("/etc/systemd/system/sessiond.service.d/nkey.conf", "[Service]\nLoadCredential=nkey:/etc/sessiond/south.nk\n")
	m.write("/etc/sessiond/config.yaml", settings+"/run/credentials/sessiond.service/nkey\n")
	m.must("systemctl", "daemon-reload")
	m.must("systemctl", "restart", "sessiond")
	m.says("as node south: following")
}

// A 4D server elsewhere is told of changes once the drop-in of docs/ADMINISTRATION.md
// names its address; until then, the status says what forbids it.
func TestSystemdNotifyDropIn(t *testing.T) {
	m := withUnits(t)
	m.copyTree("../../examples/MobileApps", machineRoot)
	m.withElsewhere()
	m.withBroker(elsewhere, "") // its monitoring answers whatever is asked of it
	m.write("/etc/sessiond/notify-secret", "not-known-to-anybody")
	m.shell("chgrp sessiond /etc/sessiond/notify-secret; chmod 0640 /etc/sessiond/notify-secret")
	m.write("/etc/sessiond/config.yaml", "root: "+machineRoot+"\nadmit: follow\nnotify-url: http://"+elsewhere+":8222/healthz\n"+
		"notify-insecure: on\nnotify-secret-file: /etc/sessiond/notify-secret\nnotify-interval: 1s\n")
	m.forbids()
	m.must("systemctl", "start", "sessiond")
	m.says("the system does not let the daemon connect")
	m.allows()

	document, err := os.ReadFile("../../docs/ADMINISTRATION.md")
	harness.Must(t, err)
	_, after, found := strings.Cut(string(document), "# systemctl edit sessiond\n")
	dropIn, _, closed := strings.Cut(after, "```")
	if !found || !closed || !strings.Contains(dropIn, elsewhere) {
		t.Fatalf("the document has no drop-in for %s: %s", elsewhere, dropIn)
	}
	m.write("/etc/systemd/system/sessiond.service.d/notify.conf", dropIn)
	m.must("systemctl", "daemon-reload")
	if got := m.property("sessiond.service", "IPAddressAllow"); !strings.Contains(got, elsewhere) {
		t.Errorf("the service may connect to %s", got)
	}
	m.must("systemctl", "restart", "sessiond")
	m.shell(`sed -i 's/zoë@example.com/zoe@example.net/' ` + machineRoot + "/" + machineSession)
	m.until("it has been told with success", func() bool {
		return strings.Contains(m.must("sessiond", "status", "--output", "json"), `"lastSuccess"`)
	})
}
