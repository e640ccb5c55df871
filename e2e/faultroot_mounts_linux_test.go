//go:build root

package e2e

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"sessiond/internal/session"
)

// patientWithMounts are settings that leave it to the poll timer to find what happens to
// mounts, of which no event tells.
var patientWithMounts = []string{"--settle", "50ms", "--poll", "100ms", "--resync", "0"}

// mounted is a root, or an app folder, that can come from another device.
type mounted struct {
	share, root string // the share's own place, and where it is mounted
}

func newMounted(t *testing.T) mounted {
	t.Helper()
	privateMounts(t)
	base := t.TempDir()
	m := mounted{share: filepath.Join(base, "share"), root: filepath.Join(base, "MobileApps")}
	mountMemory(t, m.share, "")
	fill(t, m.share, "com.example.a", 2)
	return m
}

// mustKeep insists that a key is said to be on another mount, and that its sessions stay,
// also when somebody asks for a refresh.
func mustKeep(t *testing.T, d *daemon, sessions int, key session.Key) {
	t.Helper()
	wanted := func(s *session.Status) bool { return isUnreadable(s, key, syscall.EXDEV) && s.Sessions == sessions }
	d.reach(t, "aware of another mount", wanted)
	d.refresh(t)
	if now, err := d.status(); err != nil || !wanted(&now) {
		t.Errorf("after a refresh: %+v, %v", now, err)
	}
}

// mustSee insists that all is well and that an edit is seen.
func mustSee(t *testing.T, d *daemon, root, email string) {
	t.Helper()
	d.reach(t, "well", isWell)
	save(t, root, keyFor("com.example.a", 1), email)
	d.shows(t, keyFor("com.example.a", 1), email)
}

func TestRootUnmounted(t *testing.T) {
	m := newMounted(t)
	must(t, os.Mkdir(m.root, 0o755))
	bind(t, m.share, m.root)
	d := launch(t, m.root, patientWithMounts...)
	d.loads(t, 2)
	for _, email := range []string{"second@example.com", "third@example.com"} {
		must(t, detach(m.root))
		mustKeep(t, d, 2, session.Key{})
		bind(t, m.share, m.root)
		mustSee(t, d, m.root, email)
	}
}

func TestRootMountedOver(t *testing.T) {
	m := newMounted(t)
	fill(t, m.root, "com.example.a", 2)
	d := launch(t, m.root, patientWithMounts...)
	d.loads(t, 2)
	// Another tree: it has the same keys, and not one content.
	for n := range 2 {
		save(t, m.share, keyFor("com.example.a", n), "other@example.com")
	}
	bind(t, m.share, m.root)
	mustKeep(t, d, 2, session.Key{})
	d.has(t, keyFor("com.example.a", 0), "first@example.com")
	must(t, detach(m.root))
	mustSee(t, d, m.root, "second@example.com")

	// A restart takes what is there.
	bind(t, m.share, m.root)
	mustKeep(t, d, 2, session.Key{})
	again := launch(t, m.root)
	again.loads(t, 2)
	again.has(t, keyFor("com.example.a", 0), "other@example.com")

	// So does who asks for it.
	takeRoot(t, d)
	d.reach(t, "well", isWell)
	d.has(t, keyFor("com.example.a", 0), "other@example.com")
}

func TestAppFolderUnmounted(t *testing.T) {
	m := newMounted(t)
	fill(t, m.root, "com.example.b", 1)
	at := filepath.Join(m.root, "com.example.a")
	must(t, os.Mkdir(at, 0o755))
	bind(t, filepath.Join(m.share, "com.example.a"), at)
	d := launch(t, m.root, patientWithMounts...)
	d.loads(t, 3)
	must(t, detach(at))
	d.refresh(t) // nothing tells of it: a resync would find it
	mustKeep(t, d, 3, session.Key{App: "com.example.a"})
	save(t, m.root, keyFor("com.example.b", 0), "second@example.com")
	d.shows(t, keyFor("com.example.b", 0), "second@example.com")
	bind(t, filepath.Join(m.share, "com.example.a"), at)
	mustSee(t, d, m.root, "second@example.com")
}

// TestRootMountedLater starts the daemon before its share is there: with no folder at
// all, and with the empty one that the share is to be mounted on. Start-up admission
// comes with the share.
func TestRootMountedLater(t *testing.T) {
	for name, prepare := range map[string]func(root string) error{
		"no folder":    func(string) error { return nil },
		"empty folder": func(root string) error { return os.Mkdir(root, 0o755) },
	} {
		t.Run(name, func(t *testing.T) {
			m := newMounted(t)
			must(t, prepare(m.root))
			d := launch(t, m.root, patientWithMounts...)
			d.loads(t, 0)
			d.refresh(t)
			must(t, os.MkdirAll(m.root, 0o755))
			bind(t, m.share, m.root)
			d.loads(t, 2)
			mustSee(t, d, m.root, "second@example.com")
			save(t, m.root, keyFor("com.example.a", 7), "late@example.com")
			d.reach(t, "past its start-up", func(s *session.Status) bool { return s.NotInMemory == 1 && s.Sessions == 2 })
		})
	}
}

// TestLogDiskFull has the log on a file system without room: the daemon goes on, and
// logs again when there is some.
func TestLogDiskFull(t *testing.T) {
	privateMounts(t)
	disk, root := filepath.Join(t.TempDir(), "log"), t.TempDir()
	mountMemory(t, disk, "size=64k")
	fill(t, root, "com.example.a", 2)
	log, err := os.OpenFile(filepath.Join(disk, "log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	must(t, err)
	defer log.Close()
	ballast := filepath.Join(disk, "ballast")
	_ = os.WriteFile(ballast, make([]byte, 1<<20), 0o600) // as much as there is room for
	d := setting{log: log}.launch(t, root, "--settle", "20ms", "--resync", "0")
	for range 200 {
		d.hangUp(t)
		d.refresh(t)
	}
	if text, err := os.ReadFile(log.Name()); err != nil || len(text) > 4096 {
		t.Fatalf("the disk is not full: %d bytes of a log, %v", len(text), err)
	}
	mustSee(t, d, root, "second@example.com")
	must(t, os.Remove(ballast))
	mustSee(t, d, root, "third@example.com")
	if !eventually(func() bool {
		d.refresh(t) // which is a line in the log
		info, err := os.Stat(log.Name())
		return err == nil && info.Size() > 4096
	}) {
		t.Error("the daemon does not log any more")
	}
	d.calmsDown(t)
}
