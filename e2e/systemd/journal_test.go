//go:build systemd && linux

package systemd

import (
	"context"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"sessiond/internal/client"
)

// What an administrator asks the journal and systemctl status is answered, and no
// token is in it.
func TestSystemdJournal(t *testing.T) {
	m := withProgram(t, debian12)
	m.shell(`sed -i 's/"accepted"/"welcome"/' ` + machineRoot + "/" + machineSession)
	m.must("sessiond", "service", "install", "--root", machineRoot)
	m.must("sessiond", "service", "start")

	m.until("the status line tells how it is", func() bool {
		return m.property("sessiond", "StatusText") == "5 sessions, 1 rejected, watching 4 folders"
	})
	// The daemon does not wait for the journal, nor is a test told when it has come.
	query := []string{"--unit=sessiond", "--output=json", "MOBI_CODE=3"}
	m.until("the journal knows of the rejected file", func() bool { return m.must("journalctl", query...) != "" })
	var entry map[string]any
	if err := json.Unmarshal([]byte(m.must("journalctl", query...)), &entry); err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{
		"PRIORITY": "4", "SESSION": machineApp + "/432669bf", "SYSLOG_IDENTIFIER": "sessiond",
		"_SYSTEMD_UNIT": "sessiond.service", "_TRANSPORT": "journal",
	} {
		if entry[field] != want {
			t.Errorf("%s is %v, want %s", field, entry[field], want)
		}
	}
	if message, _ := entry["MESSAGE"].(string); !strings.Contains(message, "/status: value must be one of") {
		t.Errorf("the message is %q", message)
	}
	if got := m.must("journalctl", "--unit=sessiond", "--output=cat", "TRIGGER=startup"); strings.Count(got, "\n") != 0 || !strings.HasPrefix(got, "pass") {
		t.Errorf("passes at the start:\n%s", got)
	}
	if got := m.must("journalctl", "--output=export"); strings.Contains(got, "eyJhcHB") {
		t.Error("there is a token in the journal")
	}
}

// A journal that is stuck holds up nobody, and loses nothing that it is given time
// for.
func TestSystemdJournalStuck(t *testing.T) {
	m := withService(t, "--watch", "off")
	const asked = 600 // systemd lets 512 lines wait in the socket of the journal
	ctx, cancel := context.WithTimeout(t.Context(), commandLimit)
	defer cancel()
	daemon := client.New(m.socket())
	defer daemon.Close()
	m.shell("kill -STOP $(pidof systemd-journald)")
	for n := range asked {
		if _, err := daemon.Refresh(ctx); err != nil {
			t.Fatalf("refresh %d: %v", n, err)
		}
	}
	m.shell("kill -CONT $(pidof systemd-journald)")
	m.until("the journal has it all", func() bool {
		passes := m.must("journalctl", "--unit=sessiond", "--output=cat", "TRIGGER=socket")
		return strings.Count(passes, "(full, socket)") == asked
	})
}
