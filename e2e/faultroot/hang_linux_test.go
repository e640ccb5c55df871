//go:build root

package faultroot

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// sharedFile is a session file in a file system of the test's own. As on a network
// share, nothing tells of its changes, and what is asked of it may never be answered.
type sharedFile struct {
	fs.Inode

	mu      sync.Mutex
	data    []byte
	changed time.Time
	hold    map[string]chan struct{} // by what is held: "open", "read"
	caches  bool                     // the kernel may keep what it has read

	held, most atomic.Int64 // calls that hang, now and at most
}

func (f *sharedFile) save(key session.Key, email string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.data, f.changed = harness.NewContent(key).With("email", email).Bytes(), time.Now()
}

// hang makes a call wait until the function it returns is called.
func (f *sharedFile) hang(what string) (release func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	gate := make(chan struct{})
	f.hold[what] = gate
	return sync.OnceFunc(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.hold, what)
		close(gate)
	})
}

func (f *sharedFile) pass(what string) {
	f.mu.Lock()
	gate := f.hold[what]
	f.mu.Unlock()
	if gate == nil {
		return
	}
	if now := f.held.Add(1); now > f.most.Load() {
		f.most.Store(now)
	}
	<-gate
	f.held.Add(-1)
}

// Getattr implements fs.NodeGetattrer.
func (f *sharedFile) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	f.mu.Lock()
	defer f.mu.Unlock()
	out.Mode, out.Size = fuse.S_IFREG|0o644, uint64(len(f.data))
	out.SetTimes(nil, &f.changed, &f.changed)
	return fs.OK
}

// Open implements fs.NodeOpener.
func (f *sharedFile) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	f.pass("open")
	if f.caches {
		return nil, 0, fs.OK
	}
	return nil, fuse.FOPEN_DIRECT_IO, fs.OK
}

// Read implements fs.NodeReader.
func (f *sharedFile) Read(_ context.Context, _ fs.FileHandle, into []byte, from int64) (fuse.ReadResult, syscall.Errno) {
	f.pass("read")
	f.mu.Lock()
	defer f.mu.Unlock()
	from = min(from, int64(len(f.data)))
	return fuse.ReadResultData(append([]byte(nil), f.data[from:min(from+int64(len(into)), int64(len(f.data)))]...)), fs.OK
}

// mountShare mounts a share with these session files.
func mountShare(t *testing.T, at string, keys ...session.Key) map[session.Key]*sharedFile {
	t.Helper()
	files := make(map[session.Key]*sharedFile)
	for _, key := range keys {
		files[key] = &sharedFile{hold: make(map[string]chan struct{})}
		files[key].save(key, "first@example.com")
	}
	mountFiles(t, at, fs.Options{}, files)
	return files
}

// mountFiles mounts a share with these files and returns its root.
func mountFiles(t *testing.T, at string, options fs.Options, files map[session.Key]*sharedFile) *fs.Inode {
	t.Helper()
	root := &fs.Inode{}
	options.DirectMountStrict, options.FsName, options.Name = true, "share", "e2e"
	options.OnAdd = func(ctx context.Context) {
		for key, file := range files {
			folder := root.GetChild(key.App)
			if folder == nil {
				folder = root.NewPersistentInode(ctx, &fs.Inode{}, fs.StableAttr{Mode: fuse.S_IFDIR})
				root.AddChild(key.App, folder, false)
			}
			folder.AddChild(key.ID, folder.NewPersistentInode(ctx, file, fs.StableAttr{}), false)
		}
	}
	server, err := fs.Mount(at, root, &options)
	harness.Must(t, err)
	t.Cleanup(func() {
		if server.Unmount() != nil { // a call of the daemon that was killed is on its way
			harness.Must(t, harness.Detach(at))
		}
	})
	return root
}

// TestReadThatHangs has one file of a share hang when it is opened or read. That
// delays its app folder only: passes, other folders and the socket go on, the sessions
// stay, and no more than one call ever hangs. When it ends, what was edited in the
// folder meanwhile is seen.
func TestReadThatHangs(t *testing.T) {
	for _, what := range []string{"open", "read"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			const app = "com.example.a"
			hangs, beside, apart := harness.NthKey(app, 0), harness.NthKey(app, 1), harness.NthKey("com.example.b", 0)
			root := t.TempDir()
			files := mountShare(t, root, hangs, beside, apart)
			d := harness.Launch(t, root, "--settle", "50ms", "--poll", "100ms", "--resync", "0")
			now := d.Loads(t, 3)
			if now.Watch.Mode != "poll" || !now.Watch.Degraded || !strings.Contains(now.Watch.Reason, "FUSE") {
				t.Errorf("watch: %+v, want it to poll because of FUSE", now.Watch)
			}

			release := files[hangs].hang(what)
			t.Cleanup(release) // or nothing could end the daemon
			files[hangs].save(hangs, "second@example.com")
			d.Reach(t, "aware of the call that hangs", func(s *api.Status) bool {
				return harness.IsUnreadable(s, session.Key{App: app}, syscall.ETIMEDOUT)
			})
			for _, key := range []session.Key{beside, apart} {
				files[key].save(key, "second@example.com")
			}
			d.Shows(t, apart, "second@example.com")
			for range 5 {
				if report := d.FullPass(t); report.Unchanged != 1 || report.Removed != 0 {
					t.Errorf("refresh: %+v", report)
				}
			}
			passes := d.Reach(t, "answering", func(*api.Status) bool { return true }).Passes
			d.Reach(t, "going on with its passes", func(s *api.Status) bool { return s.Passes > passes+10 })
			d.Has(t, hangs, "first@example.com")
			d.Loads(t, 3)
			if most := files[hangs].most.Load(); most != 1 {
				t.Errorf("%d calls hung at the same time, want one", most)
			}

			release()
			for _, key := range []session.Key{hangs, beside} {
				d.Shows(t, key, "second@example.com")
			}
			d.Reach(t, "well", func(s *api.Status) bool { return len(s.Errors)+len(s.Unsettled) == 0 })
			files[hangs].save(hangs, "third@example.com")
			d.Shows(t, hangs, "third@example.com")
		})
	}
}
