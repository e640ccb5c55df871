//go:build root

package faultroot

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
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
	harness.PrivateMounts(t)
	base := t.TempDir()
	m := mounted{share: filepath.Join(base, "share"), root: filepath.Join(base, "MobileApps")}
	harness.MountMemory(t, m.share, "")
	harness.Fill(t, m.share, "com.example.a", 2)
	return m
}

// mustKeep insists that a key is said to be on another mount, and that its sessions stay,
// also when somebody asks for a refresh.
func mustKeep(t *testing.T, d *harness.Daemon, sessions int, key session.Key) {
	t.Helper()
	wanted := func(s *api.Status) bool {
		return harness.IsUnreadable(s, key, syscall.EXDEV) && s.Sessions == sessions
	}
	d.Reach(t, "aware of another mount", wanted)
	d.FullPass(t)
	if now, err := d.Now(); err != nil || !wanted(&now) {
		t.Errorf("after a refresh: %+v, %v", now, err)
	}
}

// mustSee insists that all is well and that an edit is seen.
func mustSee(t *testing.T, d *harness.Daemon, root, email string) {
	t.Helper()
	d.Reach(t, "well", harness.IsWell)
	harness.Save(t, root, harness.NthKey("com.example.a", 1), email)
	d.Shows(t, harness.NthKey("com.example.a", 1), email)
}

func TestRootUnmounted(t *testing.T) {
	m := newMounted(t)
	harness.Must(t, os.Mkdir(m.root, 0o755))
	harness.Bind(t, m.share, m.root)
	d := harness.Launch(t, m.root, patientWithMounts...)
	d.Loads(t, 2)
	for _, email := range []string{"second@example.com", "third@example.com"} {
		harness.Must(t, harness.Detach(m.root))
		mustKeep(t, d, 2, session.Key{})
		harness.Bind(t, m.share, m.root)
		mustSee(t, d, m.root, email)
	}
}

func TestRootMountedOver(t *testing.T) {
	m := newMounted(t)
	harness.Fill(t, m.root, "com.example.a", 2)
	d := harness.Launch(t, m.root, patientWithMounts...)
	d.Loads(t, 2)
	// Another tree: it has the same keys, and not one content.
	for n := range 2 {
		harness.Save(t, m.share, harness.NthKey("com.example.a", n), "other@example.com")
	}
	harness.Bind(t, m.share, m.root)
	mustKeep(t, d, 2, session.Key{})
	d.Has(t, harness.NthKey("com.example.a", 0), "first@example.com")
	harness.Must(t, harness.Detach(m.root))
	mustSee(t, d, m.root, "second@example.com")

	// A restart takes what is there.
	harness.Bind(t, m.share, m.root)
	mustKeep(t, d, 2, session.Key{})
	again := harness.Launch(t, m.root)
	again.Loads(t, 2)
	again.Has(t, harness.NthKey("com.example.a", 0), "other@example.com")

	// So does who asks for it.
	takeRoot(t, d)
	d.Reach(t, "well", harness.IsWell)
	d.Has(t, harness.NthKey("com.example.a", 0), "other@example.com")
}

func TestAppFolderUnmounted(t *testing.T) {
	m := newMounted(t)
	harness.Fill(t, m.root, "com.example.b", 1)
	at := filepath.Join(m.root, "com.example.a")
	harness.Must(t, os.Mkdir(at, 0o755))
	harness.Bind(t, filepath.Join(m.share, "com.example.a"), at)
	d := harness.Launch(t, m.root, patientWithMounts...)
	d.Loads(t, 3)
	harness.Must(t, harness.Detach(at))
	d.FullPass(t) // nothing tells of it: a resync would find it
	mustKeep(t, d, 3, session.Key{App: "com.example.a"})
	harness.Save(t, m.root, harness.NthKey("com.example.b", 0), "second@example.com")
	d.Shows(t, harness.NthKey("com.example.b", 0), "second@example.com")
	harness.Bind(t, filepath.Join(m.share, "com.example.a"), at)
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
			harness.Must(t, prepare(m.root))
			d := harness.Launch(t, m.root, patientWithMounts...)
			d.Loads(t, 0)
			d.FullPass(t)
			harness.Must(t, os.MkdirAll(m.root, 0o755))
			harness.Bind(t, m.share, m.root)
			d.Loads(t, 2)
			mustSee(t, d, m.root, "second@example.com")
			harness.Save(t, m.root, harness.NthKey("com.example.a", 7), "late@example.com")
			d.Reach(t, "past its start-up", func(s *api.Status) bool { return s.NotInMemory == 1 && s.Sessions == 2 })
		})
	}
}

// TestLogDiskFull has the log on a file system without room: the daemon goes on, and
// logs again when there is some.
func TestLogDiskFull(t *testing.T) {
	harness.PrivateMounts(t)
	disk, root := filepath.Join(t.TempDir(), "log"), t.TempDir()
	harness.MountMemory(t, disk, "size=64k")
	harness.Fill(t, root, "com.example.a", 2)
	log, err := os.OpenFile(filepath.Join(disk, "log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	harness.Must(t, err)
	defer log.Close()
	ballast := filepath.Join(disk, "ballast")
	_ = os.WriteFile(ballast, make([]byte, 1<<20), 0o600) // as much as there is room for
	d := harness.Setting{Log: log}.Launch(t, root, "--settle", "20ms", "--resync", "0")
	for range 200 {
		d.HangUp(t)
		d.FullPass(t)
	}
	if text, err := os.ReadFile(log.Name()); err != nil || len(text) > 4096 {
		t.Fatalf("the disk is not full: %d bytes of a log, %v", len(text), err)
	}
	mustSee(t, d, root, "second@example.com")
	harness.Must(t, os.Remove(ballast))
	mustSee(t, d, root, "third@example.com")
	if !harness.Eventually(func() bool {
		d.FullPass(t) // which is a line in the log
		info, err := os.Stat(log.Name())
		return err == nil && info.Size() > 4096
	}) {
		t.Error("the daemon does not log any more")
	}
	d.CalmsDown(t)
}
