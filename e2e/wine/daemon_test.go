//go:build wine && linux

package wine

import (
	"context"
	"os/exec"
	"strings"

	"github.com/go-json-experiment/json"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

const app = "TEAM123456.org.example.App"

// mobileApps returns the root of a test.
func (m *machine) mobileApps() string { return m.folder + `\MobileApps` }

// daemon is sessiond in a console of its own.
type daemon struct {
	m   *machine
	cmd *exec.Cmd
	log buffer
}

// start runs a daemon and returns once its sessions are loaded.
func (m *machine) start(args ...string) *daemon {
	m.t.Helper()
	args = append([]string{
		`C:\bin\sessiond.exe`, "run", "--root", m.mobileApps(), "--socket", m.pipe, "--admit", "follow", "--resync", "0", "--log-format", "json",
		"--write", "on", "--trash-dir", m.folder + `\trash`, "--audit-log", m.folder + `\audit.jsonl`,
	}, args...)
	d := &daemon{m: m, cmd: m.command(context.Background(), "", "wine", args...)}
	d.cmd.Stderr = &d.log
	if err := d.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(d.kill)
	m.until("the daemon is ready", func() bool { return strings.Contains(d.log.String(), `"msg":"ready"`) })
	m.helper("open", m.pipe)
	return d
}

// kill ends the daemon like a power cut.
func (d *daemon) kill() {
	_ = d.cmd.Process.Kill() // it may have ended
	_ = d.cmd.Wait()         // it was killed
	if d.m.t.Failed() {
		d.m.t.Logf("the daemon's log:\n%s", d.log.String())
	}
}

func keyOf(id string) session.Key { return session.Key{App: app, ID: id} }

// file returns where this process finds a session file.
func (m *machine) file(id string) string { return harness.FileOf(m.path(m.mobileApps()), keyOf(id)) }

func (m *machine) put(id string, data []byte) {
	m.t.Helper()
	if err := harness.Replace(m.file(id), data); err != nil {
		m.t.Fatal(err)
	}
}

// ask runs a command that shows JSON, which has to succeed.
func ask[T any](m *machine, args ...string) (answer T) {
	m.t.Helper()
	r := m.sessiond(0, append(args, "--socket", m.pipe, "--output", "json")...)
	if err := json.Unmarshal([]byte(r.Stdout), &answer); err != nil {
		m.t.Fatalf("%q shows %s: %v", args, r.Stdout, err)
	}
	return answer
}

// emails returns the e-mail address of each session in memory, by id.
func (m *machine) emails() map[string]string {
	m.t.Helper()
	emails := make(map[string]string)
	for _, s := range ask[api.Page](m, "list").Sessions {
		emails[s.ID] = s.Email
	}
	return emails
}
