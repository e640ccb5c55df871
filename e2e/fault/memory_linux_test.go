package fault

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

const mebibyte = 1 << 20

// TestLittleMemory gives 10,000 sessions to a daemon whose collector is to keep to
// 64 MiB: it serves them, and still does after all of them were edited.
func TestLittleMemory(t *testing.T) {
	t.Parallel()
	const apps, each = 20, 500
	root := harness.RoomyFolder(t)
	for app := range apps {
		harness.Fill(t, root, fmt.Sprintf("com.example.app%d", app), each)
	}
	d := harness.Setting{Env: []string{"GOMEMLIMIT=64MiB"}}.Launch(t, root, "--resync", "0")
	d.Loads(t, apps*each)
	for app := range apps {
		for n := range each {
			harness.Save(t, root, harness.NthKey(fmt.Sprintf("com.example.app%d", app), n), "second@example.com")
		}
		d.FullPass(t)
	}
	d.Loads(t, apps*each)
	d.Shows(t, harness.NthKey("com.example.app19", 499), "second@example.com")
	mustHoldNoMoreThan(t, d, 96*mebibyte)
}

// mustHoldNoMoreThan insists on the most memory that the daemon ever had. The race
// detector needs several times as much and is let off.
func mustHoldNoMoreThan(t *testing.T, d *harness.Daemon, limit int) {
	t.Helper()
	most := d.Memory(t, "VmHWM")
	t.Logf("%d MiB at most", most/mebibyte)
	if most > limit && !harness.UnderRace() {
		t.Errorf("%d MiB, want %d at most", most/mebibyte, limit/mebibyte)
	}
}

// wrongFiles is how many wrong files come and go; a million of them take a while.
var wrongFiles = flag.Int("faults.wrong", 30_000, "how many wrong files come and go in TestWrongFilesComeAndGo")

// TestWrongFilesComeAndGo lets wrong files come and go, each under a name of its
// own: the daemon remembers none of them when they are gone.
func TestWrongFilesComeAndGo(t *testing.T) {
	t.Parallel()
	const batch = 2000
	root := harness.RoomyFolder(t)
	app := "com.example.a"
	harness.Fill(t, root, app, 1)
	d := harness.Setting{Env: []string{"GOGC=25"}}.Launch(t, root, "--resync", "0", "--settle", "20ms")
	wrong := []byte("{" + strings.Repeat(" ", 100))
	name := 0
	round := func() {
		var paths []string
		for range batch {
			name++
			path := filepath.Join(root, app, fmt.Sprintf("%0200d", name))
			harness.Must(t, os.WriteFile(path, wrong, 0o644))
			paths = append(paths, path)
		}
		d.Reach(t, "aware of the wrong files", func(s *api.Status) bool { return s.ErrorsTotal == batch && !s.Busy })
		for _, path := range paths {
			harness.Must(t, os.Remove(path))
		}
		d.Reach(t, "rid of the wrong files", harness.IsWell)
	}
	for range 3 {
		round()
	}
	before := d.Memory(t, "VmRSS")
	for name < *wrongFiles {
		round()
	}
	after := d.Memory(t, "VmRSS")
	t.Logf("%d MiB after %d wrong files, %d MiB after %d", before/mebibyte, 3*batch, after/mebibyte, name)
	if grown := after - before; grown > 12*mebibyte && !harness.UnderRace() {
		t.Errorf("the daemon has grown by %d MiB", grown/mebibyte)
	}
	d.Loads(t, 1)
}

// TestBrackets has files of nothing but brackets, as large as a session file may
// be: each is wrong, none is worth more memory than it takes to read it.
func TestBrackets(t *testing.T) {
	t.Parallel()
	const files = 40
	root := harness.RoomyFolder(t)
	app := "com.example.a"
	harness.Fill(t, root, app, 1)
	deep := bytes.Repeat([]byte("["), mebibyte)
	pairs := bytes.Repeat([]byte(`{"a":`), mebibyte/5)
	for n := range files {
		text := deep
		if n%2 == 0 {
			text = pairs
		}
		harness.Must(t, os.WriteFile(filepath.Join(root, app, fmt.Sprint("brackets", n)), text, 0o644))
	}
	d := harness.Launch(t, root, "--resync", "0")
	status := d.Reach(t, "aware of the brackets", func(s *api.Status) bool { return s.ErrorsTotal == files && !s.Busy })
	for _, e := range status.Errors {
		if e.ErrCode != int(session.CodeSyntax) || e.ComponentSignature != session.ComponentMobi {
			t.Errorf("%+v", e)
		}
	}
	d.FullPass(t)
	d.Loads(t, 1)
	mustHoldNoMoreThan(t, d, 96*mebibyte)
}

// strangeNames is how many files lie beside the sessions that are none.
var strangeNames = flag.Int("faults.names", 100_000, "how many names that are not session files there are in TestStrangers")

// TestStrangers has a folder full of names that are not session files.
func TestStrangers(t *testing.T) {
	t.Parallel()
	root := harness.RoomyFolder(t)
	app := "com.example.a"
	harness.Fill(t, root, app, 1)
	for n := range *strangeNames {
		harness.Must(t, os.WriteFile(filepath.Join(root, app, fmt.Sprintf("%d.txt", n)), nil, 0o644))
	}
	d := harness.Launch(t, root, "--resync", "0")
	d.Loads(t, 1)
	if report := d.FullPass(t); report.Checked != 1 || len(report.Errors) > 0 {
		t.Errorf("refresh: %+v", report)
	}
	harness.Save(t, root, harness.NthKey(app, 0), "second@example.com")
	d.Shows(t, harness.NthKey(app, 0), "second@example.com")
	mustHoldNoMoreThan(t, d, 40*mebibyte)
}
