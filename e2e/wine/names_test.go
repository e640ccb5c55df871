//go:build wine && linux

package wine

import (
	"maps"
	"os"
	"strings"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

// A file has one name: what Windows finds under it in other letters, or as its short name,
// is no session of ours.
func otherNames(t *testing.T, m *machine) {
	const id = "0123456789abcdef"
	m.start()
	m.put(id, harness.NewContent(keyOf(id)).With("status", session.StatusPending).Bytes())
	m.mustHave("it is there", map[string]string{id: "user@example.com"})
	path := m.mobileApps() + `\` + app + `\` + id
	shortApp, shortID, _ := strings.Cut(m.helper("short", path), `\`)
	if shortApp == app || shortID == id {
		t.Fatalf("the short names are %s and %s", shortApp, shortID)
	}
	for _, other := range []string{
		app + "/" + shortID, app + "/" + strings.ToUpper(id), shortApp + "/" + id,
	} {
		for _, command := range []string{"show", "accept", "delete"} {
			args := []string{command, "--socket", m.pipe, other}
			if command != "show" {
				args = append(args, "--yes")
			}
			if r := m.run("wine", append([]string{`C:\bin\sessiond.exe`}, args...)...); r.Status == 0 {
				t.Errorf("%s %s: %s", command, other, r.Stdout)
			}
		}
	}
	if data, err := os.ReadFile(m.file(id)); err != nil || !strings.Contains(string(data), session.StatusPending) {
		t.Errorf("the file is %s, %v", data, err)
	}
	// Another program writes to it by that name, then it gets other letters.
	m.helper("write", m.mobileApps()+`\`+shortApp+`\`+shortID, string(harness.NewContent(keyOf(id)).With("email", "new@example.com").Bytes()))
	m.mustHave("the change is seen", map[string]string{id: "new@example.com"})
	if err := os.Rename(m.file(id), m.file(strings.ToUpper(id))); err != nil { // wine would keep the letters
		t.Fatal(err)
	}
	m.until("only its new name counts, which is wrong", func() bool {
		return len(m.emails()) == 0 && maps.Equal(m.rejected(), map[string]session.Code{strings.ToUpper(id): session.CodeLocation})
	})
}

// A path may be longer than the 260 characters of old.
func longPaths(t *testing.T, m *machine) {
	m.folder += `\` + strings.Repeat("long", 40) + `\` + strings.Repeat("longer", 30)
	m.start()
	m.put("1", harness.NewContent(keyOf("1")).With("status", session.StatusPending).Bytes())
	m.mustHave("it is there", map[string]string{"1": "user@example.com"})
	if err := os.WriteFile(m.file("1"), harness.NewContent(keyOf("1")).With("status", session.StatusPending).With("email", "new@example.com").Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	m.mustHave("a change is seen", map[string]string{"1": "new@example.com"})
	m.sessiond(0, "accept", "--socket", m.pipe, "--yes", app+"/1")
	if data, err := os.ReadFile(m.file("1")); err != nil || !strings.Contains(string(data), `"accepted"`) {
		t.Errorf("the file is %s, %v", data, err)
	}
	m.sessiond(0, "delete", "--socket", m.pipe, "--yes", app+"/1")
	m.mustHave("it is gone", map[string]string{})
}

// A drive that goes away takes no session with it.
func driveGoesAway(t *testing.T, m *machine) {
	disk := m.path(`C:\disk`)
	drive := m.path(`C:\..\dosdevices\e:`)
	if err := os.MkdirAll(disk+"/MobileApps", 0o755); err != nil {
		t.Fatal(err)
	}
	plug := func() {
		if err := os.Symlink("../drive_c/disk", drive); err != nil {
			t.Fatal(err)
		}
	}
	plug()
	m.start("--root", `E:\MobileApps`)
	file := harness.FileOf(disk+"/MobileApps", keyOf("1"))
	if err := harness.Replace(file, harness.NewContent(keyOf("1")).Bytes()); err != nil {
		t.Fatal(err)
	}
	m.mustHave("it is there", map[string]string{"1": "user@example.com"})
	if err := os.Remove(drive); err != nil {
		t.Fatal(err)
	}
	r := m.sessiond(1, "refresh", "--socket", m.pipe)
	if !strings.Contains(r.Stdout, "the root folder cannot be read") {
		t.Errorf("a refresh without the drive says %s", r.Stdout)
	}
	m.mustHave("its session stays", map[string]string{"1": "user@example.com"})
	if err := harness.Replace(file, harness.NewContent(keyOf("1")).With("email", "new@example.com").Bytes()); err != nil {
		t.Fatal(err)
	}
	plug()
	m.mustHave("what is on it counts again", map[string]string{"1": "new@example.com"})
}
