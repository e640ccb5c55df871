//go:build systemd && linux

package systemd

import (
	"strings"
	"testing"
)

// The sessions of the examples that the tests edit.
const (
	machineApp     = "K7QX2M9TRB.com.example.Contacts"
	machineSession = machineApp + "/432669bf4b6641d4251d74a7f88de2c1d56bd5e2"
)

// systemctl reload returns when the pass is done, and says what came of it.
func TestSystemdReload(t *testing.T) {
	m := withService(t, "--watch", "off", "--resync", "0")
	m.shell(`sed -i 's/zoë@example.com/zoe@example.net/' ` + machineRoot + "/" + machineSession)
	m.must("systemctl", "reload", "sessiond")
	if got := m.must("sessiond", "show", machineSession, "--output", "json"); !strings.Contains(got, "zoe@example.net") {
		t.Errorf("the session after the reload: %s", got)
	}
	if got := m.must("journalctl", "--unit=sessiond", "--output=cat"); !strings.Contains(got, "1 updated") {
		t.Errorf("the journal does not tell what the reload did:\n%s", got)
	}

	// A rejected file is no failure of the reload.
	m.shell(`sed -i 's/"accepted"/"welcome"/' ` + machineRoot + "/" + machineSession)
	m.must("systemctl", "reload", "sessiond")
	if r := m.run("sessiond", "show", machineSession); r.Status != 5 {
		t.Errorf("the rejected session is there: %+v", r)
	}

	// That there was no pass is one, and does not end the service.
	m.must("mv", machineSocket, machineSocket+".away")
	if r := m.run("systemctl", "reload", "sessiond"); r.Status == 0 {
		t.Error("a reload that asked nobody succeeded")
	}
	m.must("mv", machineSocket+".away", machineSocket)
	if got := m.property("sessiond", "ActiveState"); got != "active" {
		t.Errorf("after a reload that failed, the service is %s", got)
	}
	m.must("systemctl", "reload", "sessiond")
}

// SIGHUP is a reload, of which systemd knows when it has ended.
func TestSystemdHangup(t *testing.T) {
	m := withService(t, "--watch", "off", "--resync", "0")
	m.must("rm", machineRoot+"/"+machineSession)
	m.must("systemctl", "kill", "--kill-whom=main", "--signal=HUP", "sessiond")
	m.until("the pass of the signal is done", func() bool {
		return m.run("sessiond", "show", machineSession).Status == 5
	})
	m.until("the reload has ended", func() bool { return m.property("sessiond", "ActiveState") == "active" })
	if got := m.must("journalctl", "--unit=sessiond", "--output=cat", "TRIGGER=signal"); strings.Count(got, "pass") == 0 {
		t.Errorf("the journal has no pass by a signal:\n%s", m.must("journalctl", "--unit=sessiond", "--output=json"))
	}
	if got := m.property("sessiond", "NRestarts"); got != "0" {
		t.Errorf("it was restarted %s times", got)
	}
}
