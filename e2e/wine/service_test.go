//go:build wine && linux

package wine

import (
	"os"
	"strings"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
)

// Codes of the control manager that no command of ours sends.
const (
	controlPause       = "2"
	controlParamChange = "6"
)

func (m *machine) configure(text string) {
	m.t.Helper()
	if err := os.WriteFile(m.path(`C:\config.yaml`), []byte(text), 0o600); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) untilService(state string) {
	m.t.Helper()
	m.until("the service is "+state, func() bool {
		return strings.Contains(m.sessiond(0, "service", "status").Stdout, state)
	})
}

func (m *machine) untilEvent(text string) {
	m.t.Helper()
	m.until("the event log has "+text, func() bool { return strings.Contains(m.events.String(), `ReportEventW L"`+text) })
}

// installed reports whether the control manager and the event log know the service.
func (m *machine) installed() (service, source bool) {
	m.t.Helper()
	const services = `HKLM\SYSTEM\CurrentControlSet\Services\`
	return m.run("wine", "reg", "query", services+"sessiond").Status == 0,
		m.run("wine", "reg", "query", services+`EventLog\Application\sessiond`).Status == 0
}

func serviceOfWindows(t *testing.T, m *machine) {
	m.pipe = `\\.\pipe\sessiond` // the default one
	m.put("1", harness.NewContent(keyOf("1")).Bytes())
	m.configure("root: " + m.mobileApps() + "\nwatch: \"off\"\n")

	m.sessiond(1, "service", "status")
	m.sessiond(0, "service", "install", "--config", `C:\config.yaml`)
	if service, source := m.installed(); !service || !source {
		t.Errorf("installed are the service %v, its source of events %v", service, source)
	}
	r := m.sessiond(1, "service", "install", "--config", `C:\config.yaml`)
	if !strings.Contains(r.Stderr, "another service of this name is installed") {
		t.Errorf("installed again: %s", r.Stderr)
	}

	m.sessiond(0, "service", "start")
	m.untilService("running")
	m.untilEvent("starting: version=" + harness.Version)
	m.untilEvent("ready: sessions=1")
	m.helper("open", m.pipe)
	if status := ask[api.Status](m, "status"); status.Sessions != 1 {
		t.Errorf("the status is %+v", status)
	}
	if r := m.run("wine", `C:\bin\helper.exe`, "control", "sessiond", controlPause); r.Status == 0 {
		t.Error("it can be paused")
	}
	passes := ask[api.Status](m, "status").LastPass.Pass
	m.helper("control", "sessiond", controlParamChange)
	m.until("a parameter change is a full pass", func() bool {
		last := ask[api.Status](m, "status").LastPass
		return last.Pass > passes && last.Trigger == "signal" && last.Scope == "full"
	})
	m.sessiond(0, "service", "restart")
	m.untilService("running")
	m.sessiond(0, "service", "stop")
	m.untilService("stopped")
	m.untilEvent("stopped")

	// A mistake in the settings is found before there is a log.
	m.configure("root: " + m.mobileApps() + "\nwatch: sometimes\n")
	m.sessiond(0, "service", "start")
	m.untilService("stopped")
	m.untilEvent("the daemon has ended: ")

	m.sessiond(0, "service", "uninstall")
	if service, source := m.installed(); service || source {
		t.Errorf("left are the service %v, its source of events %v", service, source)
	}
	if _, err := os.Stat(m.path(`C:\ProgramData\sessiond`)); !os.IsNotExist(err) {
		t.Errorf("the folder of the default settings: %v", err)
	}
	m.sessiond(1, "service", "uninstall")
}
