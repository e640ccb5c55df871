//go:build root

package faultroot

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// cachedShare is a share of which the kernel believes for some time what it knows.
type cachedShare struct {
	folder, root *fs.Inode
	key          session.Key
	file         *sharedFile
}

func mountCached(t *testing.T, at string, believed time.Duration) *cachedShare {
	t.Helper()
	key := harness.NthKey("com.example.a", 0)
	file := &sharedFile{caches: true}
	file.save(key, "first@example.com")
	root := mountFiles(t, at, fs.Options{
		AttrTimeout: &believed, EntryTimeout: &believed, NegativeTimeout: &believed,
		MountOptions: fuse.MountOptions{DisableReadDirPlus: true}, // a listing tells names, and no more
	}, map[session.Key]*sharedFile{key: file})
	return &cachedShare{folder: root.GetChild(key.App), root: root, key: key, file: file}
}

// truncate begins a save, and has the kernel ask once what the file is like.
func (s *cachedShare) truncate(t *testing.T) {
	t.Helper()
	s.file.mu.Lock()
	s.file.data, s.file.changed = nil, time.Now()
	s.file.mu.Unlock()
	harness.Must(t, errnoOf(s.file.NotifyContent(0, 0)))
}

// forget has the kernel ask once what a name is.
func forget(t *testing.T, in *fs.Inode, name string) {
	t.Helper()
	harness.Must(t, errnoOf(in.NotifyEntry(name)))
}

// errnoOf returns an error of the kernel's, nil where it just did not know of it.
func errnoOf(errno syscall.Errno) error {
	if errno == fs.OK || errno == syscall.ENOENT {
		return nil
	}
	return errno
}

// isUnsettled reports whether a key, or its folder, has no verdict yet.
func isUnsettled(s *api.Status, key session.Key) bool {
	for _, u := range s.Unsettled {
		if u.Session == key || u.Session == key.Folder() {
			return true
		}
	}
	return false
}

// TestSavesBehindACache begins a save on a share, waits until the daemon has seen the
// file half-written or gone, and ends the save. The kernel goes on telling what it
// was told then, longer than the daemon takes to settle. The session must stay.
func TestSavesBehindACache(t *testing.T) {
	const believed, settle = 4 * time.Second, "1500ms"
	ctx := context.Background()
	for name, test := range map[string]struct {
		begin, end func(t *testing.T, s *cachedShare)
	}{
		"truncated": {
			begin: func(t *testing.T, s *cachedShare) { s.truncate(t) },
			end:   func(_ *testing.T, s *cachedShare) { s.file.save(s.key, "second@example.com") },
		},
		"removed": {
			begin: func(t *testing.T, s *cachedShare) {
				s.folder.RmChild(s.key.ID)
				forget(t, s.folder, s.key.ID)
			},
			end: func(_ *testing.T, s *cachedShare) {
				file := &sharedFile{caches: true}
				file.save(s.key, "second@example.com")
				s.folder.AddChild(s.key.ID, s.folder.NewPersistentInode(ctx, file, fs.StableAttr{}), true)
			},
		},
		"folder removed": {
			begin: func(t *testing.T, s *cachedShare) {
				s.root.RmChild(s.key.App)
				forget(t, s.root, s.key.App)
			},
			end: func(_ *testing.T, s *cachedShare) {
				s.file.save(s.key, "second@example.com")
				folder := s.root.NewPersistentInode(ctx, &fs.Inode{}, fs.StableAttr{Mode: syscall.S_IFDIR})
				s.root.AddChild(s.key.App, folder, true)
				folder.AddChild(s.key.ID, folder.NewPersistentInode(ctx, s.file.again(), fs.StableAttr{}), true)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			share := mountCached(t, root, believed)
			d := harness.Launch(t, root, "--settle", settle, "--poll", "1h", "--resync", "0")
			now := d.Loads(t, 1)
			if len(now.Hints) != 1 { // that it polls
				t.Errorf("hints: %q", now.Hints)
			}
			test.begin(t, share)
			d.HangUp(t)
			now = d.Reach(t, "aware of the save", func(s *api.Status) bool { return isUnsettled(s, share.key) })
			d.Reach(t, "looking again", func(s *api.Status) bool { return s.Passes > now.Passes })
			test.end(t, share)
			d.Shows(t, share.key, "second@example.com")
			d.Reach(t, "well", harness.IsWell)
		})
	}
}

// again returns the file as one that was not in any folder yet.
func (f *sharedFile) again() *sharedFile {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &sharedFile{data: f.data, changed: f.changed, caches: f.caches}
}

// TestSavesBehindACacheWithoutStatx has no call that makes the kernel ask the server:
// then files settle for longer than a cache lasts, and the status says so.
func TestSavesBehindACacheWithoutStatx(t *testing.T) {
	root := t.TempDir()
	share := mountCached(t, root, 2*time.Second)
	harness.RefuseCall(t, unix.SYS_STATX, unix.EPERM)
	d := harness.Launch(t, root, "--settle", "1s", "--poll", "1h", "--resync", "0")
	d.Loads(t, 1)
	share.truncate(t)
	d.HangUp(t)
	d.Reach(t, "aware of the save", func(s *api.Status) bool { return isUnsettled(s, share.key) })
	share.file.save(share.key, "second@example.com")
	d.Shows(t, share.key, "second@example.com")
	d.Reach(t, "well, and telling how files settle", func(s *api.Status) bool {
		return harness.IsWell(s) && harness.HasHint(s, api.HintSlowToSettle, "FUSE is slow to settle")
	})
}
