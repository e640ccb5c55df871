//go:build root

package edit

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/e2e/harness"
	"sessiond/internal/edit"
	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// beforeTree calls a function once, before the first exchange or the first renaming.
type beforeTree struct {
	mobileapps.WriteTree

	do func()
}

func (t beforeTree) OpenForWriting() (mobileapps.WriteRoot, error) {
	root, err := t.WriteTree.OpenForWriting()
	return beforeRoot{root, t}, err
}

type beforeRoot struct {
	mobileapps.WriteRoot

	tree beforeTree
}

func (r beforeRoot) Open(app string) (mobileapps.WriteFolder, error) {
	f, err := r.WriteRoot.Open(app)
	return beforeFolder{f, r.tree}, err
}

type beforeFolder struct {
	mobileapps.WriteFolder

	tree beforeTree
}

func (f beforeFolder) Exchange(a, b string) error {
	f.tree.do()
	return f.WriteFolder.Exchange(a, b)
}

func (f beforeFolder) Rename(from, to string) error {
	f.tree.do()
	return f.WriteFolder.Rename(from, to)
}

// mounted is a tree on a file system of its own, which is mounted twice.
type mounted struct {
	root   string // where the editor looks
	behind string // the same, by the other mount
	at     string // of the first mount
	trash  *memoryTrash

	mu      sync.Mutex
	notices []edit.NoticeKind
}

func newMounted(t *testing.T, options string) *mounted {
	t.Helper()
	harness.PrivateMounts(t)
	folder := t.TempDir()
	m := &mounted{at: filepath.Join(folder, "at"), trash: &memoryTrash{}}
	must(t, os.Mkdir(filepath.Join(folder, "behind"), 0o755))
	must(t, os.Mkdir(m.at, 0o755))
	harness.MountMemory(t, filepath.Join(folder, "behind"), options)
	m.behind = newTree(t, filepath.Join(folder, "behind"), 1)
	harness.Bind(t, filepath.Join(folder, "behind"), m.at)
	m.root = filepath.Join(m.at, "MobileApps")
	return m
}

// editor returns an editor that calls a function in the middle of the first edit.
func (m *mounted) editor(do func()) *edit.Editor {
	c := config(m.root, crashSettle, m.trash)
	c.Tree = beforeTree{c.Tree, sync.OnceFunc(do)}
	c.Notify = func(n edit.Notice) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.notices = append(m.notices, n.Kind)
	}
	return edit.New(c)
}

// isAsBefore fails the test where the file was changed, or something is left that was not
// told.
func (m *mounted) isAsBefore(t *testing.T) {
	t.Helper()
	data, err := os.ReadFile(pathOf(m.behind, key(0)))
	must(t, err)
	if !bytes.Equal(data, newDocument(key(0)).bytes()) {
		t.Errorf("the file is %q", data)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if left := temporaries(t, m.behind); (len(left) > 0) != slices.Contains(m.notices, edit.NoticeLeft) {
		t.Errorf("left behind are %q, and told was %q", left, m.notices)
	}
}

func (m *mounted) remount(t *testing.T, flags uintptr) {
	t.Helper()
	must(t, unix.Mount("", m.at, "", unix.MS_REMOUNT|unix.MS_BIND|flags, ""))
}

// each tries a change and a deletion.
func each(t *testing.T, test func(t *testing.T, do func(*edit.Editor, string) error)) {
	for _, does := range []string{"change", "deletion"} {
		t.Run(does, func(t *testing.T) { test(t, edits()[does]) })
	}
}

// A read-only mount, from the beginning and from the middle on.
func TestReadOnlyMount(t *testing.T) {
	each(t, func(t *testing.T, do func(*edit.Editor, string) error) {
		m := newMounted(t, "")
		e := m.editor(func() {})
		m.remount(t, unix.MS_RDONLY)
		isKind(t, do(e, m.root), edit.KindReadOnly)
		e.Close()
		m.isAsBefore(t)
	})
}

func TestReadOnlyInTheMiddle(t *testing.T) {
	each(t, func(t *testing.T, do func(*edit.Editor, string) error) {
		m := newMounted(t, "")
		e := m.editor(func() { m.remount(t, unix.MS_RDONLY) })
		isKind(t, do(e, m.root), edit.KindReadOnly)
		e.Close()
		m.isAsBefore(t)
		// What could not be removed is found once that is possible.
		m.remount(t, 0)
		if _, err := e.Recover(t.Context()); err != nil {
			t.Error(err)
		}
		if left := temporaries(t, m.behind); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
}

// A root that is unmounted in the middle, by force, is not written to.
func TestUnmountedInTheMiddle(t *testing.T) {
	for name, place := range map[string]func(m *mounted){
		"gone":            func(*mounted) {},
		"another instead": func(m *mounted) { newTree(t, m.at, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			m := newMounted(t, "")
			c := config(m.root, crashSettle, m.trash)
			e := edit.New(c)
			for _, does := range []string{"change", "deletion"} {
				// Between read and write: that is when the caller is told what is to come.
				intent := func([]edit.Result) error {
					must(t, harness.Detach(m.at))
					place(m)
					return nil
				}
				status := session.StatusAccepted
				var err error
				if does == "change" {
					_, err = e.Change(t.Context(), key(0), edit.Set{Status: &status}, edit.Options{Intent: intent})
				} else {
					_, err = e.Delete(t.Context(), key(0), edit.Options{Intent: intent})
				}
				isKind(t, err, edit.KindBusy)
				m.isAsBefore(t)
				must(t, os.RemoveAll(m.root))
				harness.Bind(t, filepath.Dir(m.behind), m.at)
			}
			e.Close()
		})
	}
}

// A disk that is full, or becomes so with half of the file written.
func TestFullDisk(t *testing.T) {
	for _, free := range []int64{0, 4096} {
		m := newMounted(t, "size=64k")
		// More than one page, so that a part of it fits.
		d := newDocument(key(0))
		d.Padding = strings.Repeat("x", 6000)
		must(t, os.WriteFile(pathOf(m.behind, key(0)), d.bytes(), 0o644))
		fill(t, filepath.Join(filepath.Dir(m.behind), "filler"), free)
		e := m.editor(func() {})
		isKind(t, edits()["change"](e, ""), edit.KindNoSpace)
		if data, err := os.ReadFile(pathOf(m.behind, key(0))); err != nil || !bytes.Equal(data, d.bytes()) {
			t.Errorf("the file is %q, %v", data, err)
		}
		if left := temporaries(t, m.behind); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
		// A deletion needs no space.
		must(t, edits()["deletion"](e, ""))
		e.Close()
	}
}

// fill fills a file system, but for some bytes.
func fill(t *testing.T, path string, free int64) {
	t.Helper()
	file, err := os.Create(path)
	must(t, err)
	defer file.Close()
	page := make([]byte, 4096)
	size := int64(0)
	for {
		n, err := file.Write(page)
		size += int64(n)
		if err != nil {
			break
		}
	}
	must(t, file.Truncate(size-free))
}
