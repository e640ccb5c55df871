//go:build wine && linux

package wine

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// All tests of one machine, since it takes a while to start one.
func TestWine(t *testing.T) {
	m := newMachine(t)
	for name, test := range map[string]func(*testing.T, *machine){
		"Files": files, "FolderInOtherLetters": folderInOtherLetters, "HeldFile": heldFile, "Edits": edits,
		"OtherNames": otherNames, "LongPaths": longPaths, "DriveGoesAway": driveGoesAway,
		"TwoDaemons": twoDaemons, "Service": serviceOfWindows, "Release": published, "Follower": follower, "Packages": packages,
	} {
		t.Run(name, func(t *testing.T) { test(t, m.in(t)) })
	}
}

// mustHave waits until just these sessions are in memory, each with its e-mail address.
func (m *machine) mustHave(what string, want map[string]string) {
	m.t.Helper()
	m.until(what, func() bool { return maps.Equal(m.emails(), want) })
}

// What happens to files is noticed by the system's events alone: there is no other pass.
func files(t *testing.T, m *machine) {
	content := func(id, email string) harness.Content {
		return harness.NewContent(keyOf(id)).With("email", email)
	}
	m.put("1", content("1", "one@example.com").Bytes())
	m.put("2", bytes.ReplaceAll(content("2", "two@example.com").Bytes(), []byte("\n"), []byte("\r\n")))
	m.put("3", append([]byte("\ufeff"), content("3", "three@example.com").Bytes()...))
	m.start()
	m.mustHave("all sessions are loaded", map[string]string{"1": "one@example.com", "2": "two@example.com", "3": "three@example.com"})

	m.put("1", content("1", "new@example.com").Bytes())
	if err := os.WriteFile(m.file("2"), content("2", "inplace@example.com").Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	m.mustHave("both edits are seen", map[string]string{"1": "new@example.com", "2": "inplace@example.com", "3": "three@example.com"})

	if err := os.Remove(m.file("2")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(m.file("3"), m.file("4")); err != nil { // of another id than the file says
		t.Fatal(err)
	}
	m.put("5", []byte(`{"status":`))
	m.mustHave("what is gone or wrong is no session", map[string]string{"1": "new@example.com"})
	m.until("wrong files are rejected", func() bool {
		return maps.Equal(m.rejected(), map[string]session.Code{"4": session.CodeLocation, "5": session.CodeSyntax})
	})

	if err := os.Rename(m.path(m.mobileApps()+`\`+app), m.path(m.mobileApps()+`\elsewhere`)); err != nil {
		t.Fatal(err)
	}
	m.mustHave("a folder of another name holds no session of the app", map[string]string{})
	if err := os.Rename(m.path(m.mobileApps()+`\elsewhere`), m.path(m.mobileApps()+`\`+app)); err != nil {
		t.Fatal(err)
	}
	m.mustHave("it is back", map[string]string{"1": "new@example.com"})
	m.sessiond(3, "refresh", "--socket", m.pipe) // two files are rejected
}

// rejected returns the code of each rejected file, by id.
func (m *machine) rejected() map[string]session.Code {
	m.t.Helper()
	codes := make(map[string]session.Code)
	for _, p := range ask[api.RejectedPage](m, "rejected").Files {
		codes[p.Session.ID] = session.Code(p.ErrCode)
	}
	return codes
}

// The folder of an app is found under a name in other letters; what is in it is not that
// app's.
func folderInOtherLetters(t *testing.T, m *machine) {
	other := filepath.Join(m.path(m.mobileApps()), strings.ToUpper(app))
	if err := harness.Replace(filepath.Join(other, "1"), harness.NewContent(keyOf("1")).Bytes()); err != nil {
		t.Fatal(err)
	}
	m.start()
	if got := m.emails(); len(got) > 0 {
		t.Errorf("in memory are %v, want none", got)
	}
	if got, want := m.rejected(), map[string]session.Code{"1": session.CodeLocation}; !maps.Equal(got, want) {
		t.Errorf("rejected are %v, want %v", got, want)
	}
}

// A file that another program holds cannot be looked at, and keeps its session.
func heldFile(t *testing.T, m *machine) {
	m.put("1", harness.NewContent(keyOf("1")).With("email", "one@example.com").Bytes())
	m.start()
	release := m.hold(m.mobileApps() + `\` + app + `\1`)
	if err := os.WriteFile(m.file("1"), harness.NewContent(keyOf("1")).With("email", "new@example.com").Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	r := m.sessiond(1, "refresh", "--socket", m.pipe)
	if !strings.Contains(r.Stdout, "unreadable") && !strings.Contains(r.Stderr, "could not be judged") {
		t.Errorf("a refresh tells %s\n%s", r.Stdout, r.Stderr)
	}
	m.mustHave("its session stays", map[string]string{"1": "one@example.com"})
	release()
	m.mustHave("it is looked at again", map[string]string{"1": "new@example.com"})
}

// Who asks is known by the token, and the record names that user.
func edits(t *testing.T, m *machine) {
	pending := harness.NewContent(keyOf("1")).With("status", session.StatusPending)
	m.put("1", pending.Bytes())
	m.start()
	m.helper("hide", m.mobileApps()+`\`+app+`\1`)
	before := m.helper("attributes", m.mobileApps()+`\`+app+`\1`)
	m.sessiond(0, "accept", "--socket", m.pipe, "--yes", "--reason", "test", app+"/1")
	m.until("the file says so", func() bool {
		data, err := os.ReadFile(m.file("1"))
		return err == nil && bytes.Contains(data, []byte(`"accepted"`))
	})
	if after := m.helper("attributes", m.mobileApps()+`\`+app+`\1`); after != before {
		t.Errorf("the file's attributes are %s, want those of before, %s", after, before)
	}
	m.until("nothing is left beside the file", func() bool {
		names, err := filepath.Glob(filepath.Join(filepath.Dir(m.file("1")), ".sessiond-*"))
		return err == nil && len(names) == 0
	})
	m.sessiond(0, "delete", "--socket", m.pipe, "--yes", app+"/1")
	if _, err := os.Stat(m.file("1")); !os.IsNotExist(err) {
		t.Errorf("the deleted file: %v", err)
	}
	deleted := ask[api.TrashPage](m, "trash").Items
	if len(deleted) != 1 {
		t.Fatalf("in the trash are %+v, want one", deleted)
	}
	m.sessiond(0, "restore", "--socket", m.pipe, deleted[0].ID)
	m.until("it is back", func() bool { _, found := m.emails()["1"]; return found })

	done := make(map[string]bool)
	for line := range strings.Lines(m.sessiond(0, "audit", "--socket", m.pipe, "--output", "json").Stdout) {
		var e api.AuditEntry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("the record has %q: %v", line, err)
		}
		if e.Actor == nil || e.Actor.Via != "socket" {
			continue
		}
		done[e.Action] = true
		if domain, name, found := strings.Cut(e.Actor.User, `\`); !found || domain == "" || name != "root" || e.Actor.PID == 0 || e.Actor.UID != nil {
			t.Errorf("%s was done by %+v, want DOMAIN\\root and a process", e.Action, *e.Actor)
		}
	}
	for _, action := range []string{"accept", "delete", "restore"} {
		if !done[action] {
			t.Errorf("the record has no %q but %v", action, done)
		}
	}
}

func twoDaemons(t *testing.T, m *machine) {
	m.put("1", harness.NewContent(keyOf("1")).Bytes())
	first := m.start()
	r := m.sessiond(1, "run", "--root", m.mobileApps(), "--socket", m.pipe)
	if !strings.Contains(r.Stderr, "already in use by process ") {
		t.Errorf("the second daemon says %s", r.Stderr)
	}
	first.kill()
	m.start() // nothing is in its way
	m.mustHave("the next one has the session", map[string]string{"1": "user@example.com"})
	m.sessiond(0, "refresh", "--socket", m.pipe)
}
