package admin

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"sessiond/internal/audit"
	"sessiond/internal/edit"
	"sessiond/internal/mobileapps"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/session"
	"sessiond/internal/store"
	"sessiond/internal/trash"
	"sessiond/internal/validate"
)

// watchedTree tells before a file is put in place or taken away.
type watchedTree struct {
	mobileapps.WriteTree

	before func()
}

func (t watchedTree) OpenForWriting() (mobileapps.WriteRoot, error) {
	root, err := t.WriteTree.OpenForWriting()
	return watchedRoot{root, t.before}, err
}

type watchedRoot struct {
	mobileapps.WriteRoot

	before func()
}

func (r watchedRoot) Open(app string) (mobileapps.WriteFolder, error) {
	f, err := r.WriteRoot.Open(app)
	return watchedFolder{f, r.before}, err
}

type watchedFolder struct {
	mobileapps.WriteFolder

	before func()
}

func (f watchedFolder) Exchange(a, b string) error {
	f.before()
	return f.WriteFolder.Exchange(a, b)
}

func (f watchedFolder) Rename(from, to string) error {
	f.before()
	return f.WriteFolder.Rename(from, to)
}

// countedPasses look at what was edited, and count.
type countedPasses struct {
	Passes

	mu       sync.Mutex
	edited   [][]session.Key
	deleting map[session.Key]bool
	// wrong is what was looked at without being announced, or for nothing.
	wrong []session.Key
}

func (p *countedPasses) BeginDeletion(files ...session.Key) { p.setDeleting(true, files) }
func (p *countedPasses) EndDeletion(files ...session.Key)   { p.setDeleting(false, files) }

func (p *countedPasses) setDeleting(are bool, files []session.Key) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, key := range files {
		if p.deleting[key] == are {
			p.wrong = append(p.wrong, key)
		}
		p.deleting[key] = are
	}
}

// areDeleting returns how many files are being deleted.
func (p *countedPasses) areDeleting() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, is := range p.deleting {
		if is {
			n++
		}
	}
	return n
}

func (p *countedPasses) Edited(_ context.Context, _ bool, files ...session.Key) (session.Report, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.edited = append(p.edited, files)
	return session.Report{Pass: uint64(len(p.edited))}, nil
}

// manyAdmin is an Admin over many sessions.
type manyAdmin struct {
	*Admin

	passes *countedPasses
	keys   []session.Key
	before func() // called before a file is put in place or taken away
}

func newManyAdmin(t *testing.T, files int) *manyAdmin {
	t.Helper()
	root, kept := t.TempDir(), t.TempDir()
	m := &manyAdmin{passes: &countedPasses{deleting: map[session.Key]bool{}}, before: func() {}}
	for n := range files {
		m.keys = append(m.keys, passestest.Key(n))
		passestest.Write(t, root, passestest.Key(n), passestest.Content(n, "a@example.com"))
	}
	judge, err := validate.New()
	if err != nil {
		t.Fatal(err)
	}
	disk := mobileapps.NewDisk(root, passestest.MaxFileSize)
	m.Admin = New(Config{
		Root: root, Tree: disk, Files: watchedTree{disk, func() { m.before() }}, Judge: judge, Settle: time.Millisecond,
		Store: store.New(time.Now()), Passes: m.passes, Log: zap.NewNop(), Write: true,
		Trash: trash.Config{Dir: filepath.Join(kept, "trash"), Keep: time.Hour},
		Audit: audit.Config{Path: filepath.Join(kept, "audit.jsonl"), GID: -1},
	})
	t.Cleanup(m.editor.Close)
	return m
}

func (m *manyAdmin) items() []edit.Item {
	all := make([]edit.Item, len(m.keys))
	for i, key := range m.keys {
		all[i].Key = key
	}
	return all
}

func (m *manyAdmin) lines(t *testing.T, with string) int {
	t.Helper()
	text, err := os.ReadFile(m.cfg.Audit.Path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(text), with)
}

// What is about to be done to many files is on record before the first of them is touched, and
// how it ended afterwards; one pass looks at all of them.
func TestManyAreRecordedFirst(t *testing.T) {
	for name, do := range map[string]func(*manyAdmin, func([]Ended)){
		"change": func(m *manyAdmin, tell func([]Ended)) {
			m.ChangeAll(t.Context(), Order{Reason: "why"}, m.items(), edit.Set{Status: new(session.StatusPending)}, tell)
		},
		"deletion": func(m *manyAdmin, tell func([]Ended)) {
			m.DeleteAll(t.Context(), Order{Reason: "why"}, m.items(), tell)
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newManyAdmin(t, 300)
			m.before = sync.OnceFunc(func() {
				if n := m.lines(t, `"reason":"why","result":"intent"`); n != len(m.keys) {
					t.Errorf("%d intents are on record", n)
				}
			})
			told := 0
			do(m, func(ended []Ended) {
				for _, e := range ended {
					if told++; e.Err != nil || e.Pass != 1 {
						t.Errorf("%+v", e)
					}
				}
			})
			if told != len(m.keys) || m.lines(t, `"result":"done"`) != told || m.lines(t, `"result":"intent"`) != told {
				t.Errorf("%d are told, %d are done, %d intents", told, m.lines(t, `"result":"done"`), m.lines(t, `"result":"intent"`))
			}
			if len(m.passes.edited) != 1 || len(m.passes.edited[0]) != len(m.keys) {
				t.Errorf("%d passes", len(m.passes.edited))
			}
		})
	}
}

// Where nothing can be recorded, nothing is done.
func TestManyThatCannotBeRecorded(t *testing.T) {
	m := newManyAdmin(t, 40)
	if err := os.Rename(m.cfg.Audit.Path, m.cfg.Audit.Path+".1"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(m.cfg.Audit.Path, 0o700); err != nil {
		t.Fatal(err)
	}
	m.before = func() { t.Error("a file is touched") }
	told := 0
	m.DeleteAll(t.Context(), Order{}, m.items(), func(ended []Ended) {
		for _, e := range ended {
			if told++; !isKind(e.Err, edit.KindIntent) {
				t.Errorf("%+v", e)
			}
		}
	})
	if told != len(m.keys) {
		t.Errorf("%d are told", told)
	}
}

// From before files are taken away until a pass has looked at what came of them, passes know
// that they are being deleted: nobody is logged out by a deletion that fails.
func TestDeletionsAreAnnounced(t *testing.T) {
	for _, fails := range []bool{false, true} {
		m := newManyAdmin(t, 40)
		if fails {
			if err := errors.Join(os.Remove(m.cfg.Trash.Dir), os.WriteFile(m.cfg.Trash.Dir, nil, 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		m.before = func() {
			if n := m.passes.areDeleting(); n != len(m.keys) {
				t.Errorf("%d are announced when one is taken away", n)
			}
		}
		m.DeleteAll(t.Context(), Order{}, m.items(), func(ended []Ended) {
			for _, e := range ended {
				_, err := os.Stat(m.Path(e.Key))
				if isKind(e.Err, edit.KindTrash) != fails || (err == nil) != fails {
					t.Errorf("%q: %v; %v", e.Key, e.Err, err)
				}
			}
			if len(m.passes.edited) != 1 || m.passes.areDeleting() != len(m.keys) {
				t.Errorf("there were %d passes; %d are being deleted", len(m.passes.edited), m.passes.areDeleting())
			}
		})
		if n := m.passes.areDeleting(); n > 0 || len(m.passes.wrong) > 0 {
			t.Errorf("%d are still being deleted, %q were announced wrongly", n, m.passes.wrong)
		}
	}
}

// Where many edits fail together, as they do on a full disk, the log has a few of them, and
// how many more there are.
func TestManyFailuresHaveFewLines(t *testing.T) {
	m := newManyAdmin(t, 40)
	core, logs := observer.New(zap.WarnLevel)
	m.cfg.Log = zap.New(core)
	if err := errors.Join(os.Remove(m.cfg.Trash.Dir), os.WriteFile(m.cfg.Trash.Dir, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	begun := false
	m.before = func() { begun = true }
	m.DeleteAll(t.Context(), Order{}, m.items(), func([]Ended) {})
	if !begun {
		t.Error("no deletion was begun")
	}
	if lines := logs.FilterMessage("a change was not made").Len(); lines != failureLines {
		t.Errorf("%d deletions have a line of their own", lines)
	}
	more := logs.FilterMessage("more changes were not made").All()
	if len(more) != 1 || more[0].ContextMap()["changes"] != int64(len(m.keys)-failureLines) {
		t.Errorf("the others have the lines %v", more)
	}
}
