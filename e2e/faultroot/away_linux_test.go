//go:build root

package faultroot

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

// takeRoot has the daemon take what is mounted now for its tree.
func takeRoot(t *testing.T, d *harness.Daemon) session.Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), harness.Patience)
	defer cancel()
	report, err := d.TakeRoot(ctx)
	harness.Must(t, err)
	return report.Report
}

// disk is a folder with a MobileApps folder in it, and where it is mounted.
type disk struct {
	folder, at string
	// root is the path that the daemon is told.
	root string
}

func newDisk(t *testing.T) disk {
	t.Helper()
	harness.PrivateMounts(t)
	base := t.TempDir()
	d := disk{folder: filepath.Join(base, "disk"), at: filepath.Join(base, "mnt")}
	d.root = filepath.Join(d.at, "MobileApps")
	harness.Must(t, errors.Join(os.Mkdir(d.folder, 0o755), os.Mkdir(d.at, 0o755)))
	return d
}

// TestMountOfTheRootGoes unmounts what the root is on, in each place where that can be,
// and mounts it again. Nobody is logged out, and edits are seen again afterwards.
func TestMountOfTheRootGoes(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, d *disk) (key session.Key){
		"above the root": func(t *testing.T, d *disk) session.Key {
			harness.MountMemory(t, d.folder, "")
			return session.Key{}
		},
		"above the root, on the same file system": func(*testing.T, *disk) session.Key { return session.Key{} },
		"above a link that leads to the root": func(t *testing.T, d *disk) session.Key {
			link := filepath.Join(t.TempDir(), "link")
			harness.Must(t, errors.Join(os.Mkdir(filepath.Join(d.folder, "MobileApps"), 0o755), os.Symlink(d.root, link)))
			d.root = link
			return session.Key{}
		},
		"where a link to the root lies": func(t *testing.T, d *disk) session.Key {
			elsewhere := filepath.Join(t.TempDir(), "MobileApps")
			harness.Must(t, os.Mkdir(elsewhere, 0o755))
			harness.Must(t, os.Symlink(elsewhere, filepath.Join(d.folder, "MobileApps")))
			return session.Key{}
		},
	} {
		for _, removed := range []bool{false, true} {
			if removed {
				name += ", with its mount point"
			}
			t.Run(name, func(t *testing.T) {
				disk := newDisk(t)
				key := prepare(t, &disk)
				harness.Bind(t, disk.folder, disk.at)
				harness.Fill(t, disk.root, "com.example.a", 2)
				d := harness.Launch(t, disk.root, append(patientWithMounts, "--settle-many", "0")...)
				d.Loads(t, 2)
				for _, email := range []string{"second@example.com", "third@example.com"} {
					harness.Must(t, harness.Detach(disk.at))
					if removed {
						harness.Must(t, os.Remove(disk.at))
					}
					mustKeep(t, d, 2, key)
					d.HangUp(t)
					harness.Must(t, os.MkdirAll(disk.at, 0o755))
					harness.Bind(t, disk.folder, disk.at)
					mustSee(t, d, disk.root, email)
				}
				// To delete the folder is still what it was.
				harness.Must(t, os.RemoveAll(filepath.Join(disk.root, "com.example.a")))
				d.FullPass(t)
				d.Loads(t, 0)
			})
		}
	}
}

// TestRootDeletedOnADisk does what the command's own example does, on a disk that stays
// mounted: the folder is deleted, and a refresh removes all sessions.
func TestRootDeletedOnADisk(t *testing.T) {
	disk := newDisk(t)
	harness.MountMemory(t, disk.at, "")
	harness.Fill(t, disk.root, "com.example.a", 30)
	d := harness.Launch(t, disk.root, append(patientWithMounts, "--settle-many", "1h")...)
	d.Loads(t, 30)
	harness.Must(t, os.RemoveAll(disk.root))
	if report := d.FullPass(t); report.Removed != 30 {
		t.Errorf("a refresh after the folder was deleted: %+v", report)
	}
	d.Loads(t, 0)
}

// TestDiskComesBackAsAnother mounts a disk again by another loop device, as happens when
// something else was mounted meanwhile.
func TestDiskComesBackAsAnother(t *testing.T) {
	disk := newDisk(t)
	image := filepath.Join(t.TempDir(), "image")
	run := func(name string, args ...string) {
		t.Helper()
		if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
			t.Fatalf("%s %q: %v: %s", name, args, err, out)
		}
	}
	mount := func() {
		t.Helper()
		run("mount", "-o", "loop", image, disk.at)
		t.Cleanup(func() { _ = harness.Detach(disk.at) })
	}
	run("truncate", "-s", "8M", image)
	run("mkfs.ext4", "-q", image)
	mount()
	harness.Fill(t, disk.root, "com.example.a", 4)
	d := harness.Launch(t, disk.root, patientWithMounts...)
	d.Loads(t, 4)
	run("umount", disk.at)
	mustKeep(t, d, 4, session.Key{})

	// Another image takes the loop device that the disk had.
	other := filepath.Join(t.TempDir(), "other")
	run("truncate", "-s", "8M", other)
	run("mkfs.ext4", "-q", other)
	aside := t.TempDir()
	run("mount", "-o", "loop", other, aside)
	t.Cleanup(func() { _ = harness.Detach(aside) })
	mount()
	mustSee(t, d, disk.root, "second@example.com")

	// What changed while it was away is found. What went while it was away, too: it is
	// looked at twice like everything else.
	run("umount", disk.at)
	mustKeep(t, d, 4, session.Key{})
	mount()
	harness.Save(t, disk.root, harness.NthKey("com.example.a", 2), "third@example.com")
	harness.Must(t, os.Remove(harness.FileOf(disk.root, harness.NthKey("com.example.a", 3))))
	d.Loads(t, 3)
	d.Shows(t, harness.NthKey("com.example.a", 2), "third@example.com")
}
