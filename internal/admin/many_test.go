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
	"sessiond/internal/session/sessiontest"
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

	mu     sync.Mutex
	edited [][]session.Key
	opened []session.Key
}

func (p *countedPasses) Edited(_ context.Context, _ bool, files ...session.Key) (session.Report, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.edited = append(p.edited, files)
	return session.Report{Pass: uint64(len(p.edited))}, nil
}

func (p *countedPasses) Open(_ context.Context, key session.Key) (session.Report, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opened = append(p.opened, key)
	return session.Report{}, nil
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
	m := &manyAdmin{passes: &countedPasses{}, before: func() {}}
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

// Sessions whose files could not be deleted, and went back to their places, are in memory
// afterwards.
func TestFailedDeletionsLogNobodyOut(t *testing.T) {
	m := newManyAdmin(t, 40)
	for _, key := range m.keys {
		m.cfg.Store.Apply(session.Outcome{Changes: []session.MemoryChange{{Session: sessiontest.At(key), Kind: session.ChangeAdmitted}}})
	}
	if err := errors.Join(os.Remove(m.cfg.Trash.Dir), os.WriteFile(m.cfg.Trash.Dir, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	m.before = sync.OnceFunc(func() { // a pass finds them gone
		for _, key := range m.keys {
			m.cfg.Store.Apply(session.Outcome{Changes: []session.MemoryChange{{Session: sessiontest.At(key), Kind: session.ChangeDeleted}}})
		}
	})
	failed := 0
	m.DeleteAll(t.Context(), Order{}, m.items(), func(ended []Ended) {
		for _, e := range ended {
			if isKind(e.Err, edit.KindTrash) {
				failed++
			}
		}
	})
	if failed != len(m.keys) || len(m.passes.opened) != len(m.keys) {
		t.Errorf("%d failed, %d were opened again", failed, len(m.passes.opened))
	}
	for _, key := range m.keys {
		if _, err := os.Stat(m.Path(key)); err != nil {
			t.Error(err)
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
