package admin

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/zap"

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

// tree is one that an edit opens while a pass takes the session for deleted.
type tree struct {
	mobileapps.WriteTree

	passes *fakePasses
}

func (t tree) OpenForWriting() (mobileapps.WriteRoot, error) {
	if _, ok := t.passes.store.View().Get(t.passes.was.Key()); ok {
		_, _ = t.passes.apply(session.ChangeDeleted)
	}
	return t.WriteTree.OpenForWriting()
}

// fakePasses admit one session when they are asked to.
type fakePasses struct {
	Passes

	store *store.Store
	was   *session.Session
}

func (p *fakePasses) apply(kind session.ChangeKind) (session.Report, error) {
	p.store.Apply(session.Outcome{Changes: []session.MemoryChange{{Session: p.was, Kind: kind}}})
	return session.Report{}, nil
}

func (p *fakePasses) Edited(context.Context, session.Key, bool) (session.Report, error) {
	return session.Report{}, nil
}

func (p *fakePasses) Open(context.Context, session.Key) (session.Report, error) {
	return p.apply(session.ChangeAdmitted)
}

// A session whose file could not be deleted, and went back to its place, is in memory
// afterwards, although a pass found it gone meanwhile.
func TestFailedDeletionLogsNobodyOut(t *testing.T) {
	root, kept, key := t.TempDir(), t.TempDir(), passestest.Key(0)
	passestest.Write(t, root, key, passestest.Content(0, "a@example.com"))
	judge, err := validate.New()
	if err != nil {
		t.Fatal(err)
	}
	disk := mobileapps.NewDisk(root, passestest.MaxFileSize)
	passes := &fakePasses{store: store.New(time.Now()), was: sessiontest.At(key)}
	_, _ = passes.apply(session.ChangeAdmitted)
	a := New(Config{
		Root: root, Tree: disk, Files: tree{disk, passes}, Judge: judge, Settle: time.Millisecond, Store: passes.store, Passes: passes,
		Log: zap.NewNop(), Write: true,
		Trash: trash.Config{Dir: filepath.Join(kept, "trash"), Keep: time.Hour},
		Audit: audit.Config{Path: filepath.Join(kept, "audit.jsonl"), GID: -1},
	})
	if err := os.Remove(filepath.Join(kept, "trash")); err != nil {
		t.Fatal(err)
	}
	_, err = a.Delete(t.Context(), Order{}, key)
	var failed *edit.Error
	if !errors.As(err, &failed) || failed.Kind != edit.KindTrash {
		t.Fatalf("deleted without a trash: %v", err)
	}
	if _, err := os.Stat(a.Path(key)); err != nil {
		t.Errorf("the file did not go back: %v", err)
	}
	if a.inMemory(key) == nil {
		t.Error("the session is not in memory any more")
	}
}
