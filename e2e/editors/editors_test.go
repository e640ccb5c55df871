//go:build editors && linux

package editors

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

var (
	editorsFor    = flag.Duration("editors.for", 10*time.Second, "how long each way of saving is repeated in TestEditors")
	editorsSettle = flag.Duration("editors.settle", 2*time.Second, "settle time of the daemon in TestEditors; writers pause for up to a fifth of it")
)

// TestEditors has everybody save at once, each in their own way and time and again,
// with the programs that people use: over files that one daemon watches, while ten
// refreshes a second are asked for. No session is ever removed, nothing that the
// programs leave beside a file for a moment is ever an error, and what each of them
// saved last is in memory in the end.
func TestEditors(t *testing.T) {
	root := filepath.Join(t.TempDir(), "MobileApps")
	var writers []*editor
	for way, save := range waysOfSaving() {
		e := newEditor(t, root, way, save)
		harness.Must(t, harness.Replace(e.path, e.next("first")))
		writers = append(writers, e)
	}
	d := harness.Launch(t, root, "--settle", editorsSettle.String(), "--resync", "0")
	d.Reach(t, "watching", func(s *api.Status) bool { return s.Watch.Mode == "events" && s.Sessions == len(writers) })
	observed := d.Observe(t)
	endRefreshing := d.RefreshOften(t)

	var all sync.WaitGroup
	for _, e := range writers {
		all.Go(e.work)
	}
	all.Wait()
	endRefreshing()
	awaitLast(t, d, writers)
	d.Reach(t, "well", func(s *api.Status) bool { return harness.IsWell(s) && s.Sessions == len(writers) })
	edits := make(map[session.Key]int)
	for _, one := range observed() {
		edits[one.Session]++
		if one.Action != session.ActionUpdated {
			t.Errorf("%s was %s (%s)", one.Session, one.Action, one.Reason)
		}
	}
	for _, e := range writers {
		t.Logf("%-40s saved %4d times, seen %4d times", e.way, e.saved, edits[e.key])
		if e.saved == 0 || edits[e.key] == 0 {
			t.Errorf("%s: saved %d times, of which %d were seen", e.way, e.saved, edits[e.key])
		}
	}
}

// awaitLast waits until what each of them saved last is in memory.
func awaitLast(t *testing.T, d *harness.Daemon, writers []*editor) {
	t.Helper()
	var missing []string
	if !harness.Eventually(func() bool {
		missing = nil
		for _, e := range writers {
			if detail, err := d.Get(e.key); err != nil || !strings.Contains(string(detail.Content), e.last) {
				missing = append(missing, fmt.Sprintf("%s: %q was saved last, and in memory is %s (%v)", e.way, e.last, detail.Content, err))
			}
		}
		return len(missing) == 0
	}) {
		t.Fatal(strings.Join(missing, "\n"))
	}
}

// editor is somebody who saves one session file again and again in one way.
type editor struct {
	t     *testing.T
	way   string
	save  func(*editor) error
	key   session.Key
	path  string // of the session file, alone in its app folder
	aside string // a folder on the same file system, outside the tree
	saved int
	last  string // what stands in the file that was saved last, and in no other
}

// newEditor gives an editor a file in an app folder of its own: nothing else happens
// there that could keep two looks from agreeing that the file is gone.
func newEditor(t *testing.T, root, way string, save func(*editor) error) *editor {
	folder := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return '-'
	}, strings.ToLower(way))
	key := harness.KeyOf("com.example."+folder, "device")
	return &editor{t: t, way: way, save: save, key: key, path: harness.FileOf(root, key), aside: t.TempDir()}
}

// work saves until the time is over, and then once more.
func (e *editor) work() {
	for over := time.Now().Add(*editorsFor); ; e.pause() {
		ended := time.Now().After(over)
		if err := e.save(e); err != nil {
			e.t.Errorf("%s: the program itself failed: %v", e.way, err)
			return
		}
		e.saved++
		if ended {
			return
		}
	}
}

// mark returns what the next edit puts into the member "edit" of the file: always of
// the same length, since that hides best.
func (e *editor) mark() string { return fmt.Sprintf("edit %06d", e.saved+1) }

// next returns the content of the file with a mark.
func (e *editor) next(mark string) []byte {
	e.last = mark
	return harness.NewContent(e.key).With("edit", mark).Bytes()
}

func (e *editor) pause() { time.Sleep(rand.N(*editorsSettle / 5)) }
