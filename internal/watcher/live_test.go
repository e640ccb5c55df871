package watcher

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

const (
	never    = time.Hour             // a timer that a test does not want
	often    = 20 * time.Millisecond // a timer that a test waits for
	patient  = 20 * time.Second      // a deadline that only a failure reaches
	interval = 2 * time.Millisecond
)

// live is a Watcher on a real folder with a pass that does as the real one: it
// looks at what the changes name and at nothing else. What it saw must become what
// is on disk, by changes alone.
type live struct {
	*Watcher
	t    *testing.T
	root string
	logs *observer.ObservedLogs
	work chan struct{} // there are changes
	stop func()

	mu   sync.Mutex
	got  []Change // all there were
	due  []Change // those without a pass yet
	busy bool
	seen map[string]map[string]string // folder, name: content
}

// newLive makes a Watcher that is not running yet, so that its seams can be set.
func newLive(t *testing.T, root string, mode Mode, poll time.Duration) *live {
	t.Helper()
	core, logs := observer.New(zap.InfoLevel)
	l := &live{
		t:    t,
		root: root,
		logs: logs,
		work: make(chan struct{}, 1),
		seen: make(map[string]map[string]string),
	}
	l.Watcher = New(Config{
		Root: root, Mode: mode,
		Debounce: testDelay, DebounceMax: testLongest, Poll: poll,
		Interest: interesting,
		Log:      zap.New(core),
	}, l.take)
	l.ops.patience = patient // a busy machine is no hung file system
	return l
}

// start runs the Watcher until the test ends, and the first pass.
func (l *live) start() *live {
	l.t.Helper()
	ctx, cancel := context.WithCancel(l.t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := l.Run(ctx); err != nil {
			l.t.Errorf("Run: %v", err)
		}
	})
	running.Go(func() { l.passes(ctx) })
	l.stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
	})
	l.t.Cleanup(l.stop)
	l.take(rescanAll())
	l.settle()
	return l
}

// interesting is the naming rule of the refresh contract, section 1.
func interesting(folder, name string) bool {
	if folder == "" {
		return strings.IndexByte(name, '.') > 0
	}
	return !strings.Contains(name, ".")
}

// take is the Watcher's sink.
func (l *live) take(h Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.got = append(l.got, h)
	l.due = append(l.due, h)
	select {
	case l.work <- struct{}{}:
	default:
	}
}

func (l *live) passes(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.work:
		}
		l.mu.Lock()
		due := l.due
		l.due, l.busy = nil, true
		l.mu.Unlock()
		var all Change
		for _, h := range due {
			all.merge(h)
		}
		l.pass(all)
		l.mu.Lock()
		l.busy = false
		l.mu.Unlock()
	}
}

// pass looks at what the change names.
func (l *live) pass(h Change) {
	if h.All {
		h.Folders = l.listRoot()
	}
	for folder := range h.Folders {
		l.listFolder(folder)
	}
	for file := range h.Files {
		l.readFile(file.Folder, file.Name)
	}
	l.Verify()
}

// listRoot returns the app folders that are on disk or were seen.
func (l *live) listRoot() map[string]struct{} {
	l.Renew("")
	folders := make(map[string]struct{})
	entries, _ := os.ReadDir(l.root) // what cannot be listed has no folders
	for _, e := range entries {
		if e.IsDir() && interesting("", e.Name()) {
			folders[e.Name()] = struct{}{}
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for folder := range l.seen {
		folders[folder] = struct{}{}
	}
	return folders
}

func (l *live) listFolder(folder string) {
	l.Renew(folder)
	content := readFolder(filepath.Join(l.root, folder))
	if content == nil {
		l.Forget(folder)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if content == nil {
		delete(l.seen, folder)
	} else {
		l.seen[folder] = content
	}
}

func (l *live) readFile(folder, name string) {
	data, err := contentOf(filepath.Join(l.root, folder, name))
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.seen[folder] == nil: // its folder was not seen yet, or is gone
	case err != nil:
		delete(l.seen[folder], name)
	default:
		l.seen[folder][name] = string(data)
	}
}

// readFolder returns the content of the interesting files in a folder, nil where
// it is no folder.
func readFolder(path string) map[string]string {
	if info, err := os.Lstat(path); err != nil || !info.IsDir() {
		return nil
	}
	entries, _ := os.ReadDir(path)
	content := make(map[string]string, len(entries))
	for _, e := range entries {
		if data, err := contentOf(filepath.Join(path, e.Name())); err == nil && interesting(path, e.Name()) {
			content[e.Name()] = string(data)
		}
	}
	return content
}

// onDisk is what must be seen.
func (l *live) onDisk() map[string]map[string]string {
	tree := make(map[string]map[string]string)
	entries, _ := os.ReadDir(l.root)
	for _, e := range entries {
		if content := readFolder(filepath.Join(l.root, e.Name())); content != nil && interesting("", e.Name()) {
			tree[e.Name()] = content
		}
	}
	return tree
}

// settle waits until everything on disk was seen, nothing is due and each folder
// has its watch.
func (l *live) settle() {
	l.t.Helper()
	var diff string
	waitFor(l.t, func() bool {
		disk := l.onDisk()
		idle := !l.State().Gathering
		l.mu.Lock()
		defer l.mu.Unlock()
		diff = cmp.Diff(disk, l.seen)
		return diff == "" && idle && !l.busy && len(l.due) == 0
	}, func() string { return "not seen what is on disk (-disk +seen):\n" + diff })
}

// settleWatched also waits until the root and each app folder are watched.
func (l *live) settleWatched() {
	l.t.Helper()
	l.settle()
	l.hasWatches(len(l.onDisk()) + 1)
}

// hasWatches waits until there are so many watches, in the Watcher's count and
// in the kernel's.
func (l *live) hasWatches(want int) {
	l.t.Helper()
	var ours, kernel int
	waitFor(l.t, func() bool {
		ours, kernel = l.State().Watches, kernelWatches(l.t, want)
		return ours == want && kernel == want
	}, func() string { return sprintf("%d watches, %d in the kernel; want %d", ours, kernel, want) })
}

// forgetChanges starts a new list of changes.
func (l *live) forgetChanges() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.got = nil
}

// gotChanges returns what the sink got since the list was started.
func (l *live) gotChanges() Change {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all Change
	for _, h := range l.got {
		all.merge(h)
	}
	return all
}

// wasPolled reports whether the timer asked for a look.
func (l *live) wasPolled() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.got, func(c Change) bool { return c.Polled })
}

// merge has the change cover what other covers, too; but for when and why.
func (c *Change) merge(other Change) {
	c.Polled = other.Polled && (c.Polled || c.Empty())
	if c.All = c.All || other.All; c.All {
		c.Folders, c.Files = nil, nil
		return
	}
	for name := range other.Folders {
		c.addFolder(name)
	}
	for file := range other.Files {
		if _, whole := c.Folders[file.Folder]; whole {
			continue
		}
		if c.Files == nil {
			c.Files = make(map[File]struct{})
		}
		c.Files[file] = struct{}{}
	}
}

// logged waits until a message was logged so many times, and returns whether
// that is all there was of it.
func (l *live) logged(message string, want int) {
	l.t.Helper()
	waitFor(l.t, func() bool { return l.logs.FilterMessage(message).Len() == want },
		func() string {
			return sprintf("%q was logged %d times, want %d", message, l.logs.FilterMessage(message).Len(), want)
		})
}
