package admin

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/api"
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

// fakePasses admit one session when they are asked to, unless they cannot judge it.
type fakePasses struct {
	Passes

	store *store.Store
	was   *session.Session
	blind bool
	finds *session.Outcome // by the pass over what was edited
}

func (p *fakePasses) apply(kind session.ChangeKind) (session.Report, error) {
	p.store.Apply(session.Outcome{Changes: []session.MemoryChange{{Session: p.was, Kind: kind}}})
	return session.Report{}, nil
}

func (p *fakePasses) Edited(_ context.Context, deleted bool, _ ...session.Key) (session.Report, error) {
	if deleted {
		_, _ = p.apply(session.ChangeDeleted)
	}
	if p.finds != nil {
		p.store.Apply(*p.finds)
	}
	return session.Report{}, nil
}

func (*fakePasses) BeginDeletion(...session.Key) {}
func (*fakePasses) EndDeletion(...session.Key)   {}

func (p *fakePasses) Open(context.Context, session.Key) (session.Report, error) {
	if p.blind {
		return session.Report{}, nil
	}
	return p.apply(session.ChangeAdmitted)
}

// newAdmin returns an Admin over one session, and the folder of its trash.
func newAdmin(t *testing.T) (*Admin, *fakePasses, string) {
	t.Helper()
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
		Root: root, Tree: disk, Files: disk, Judge: judge, Settle: time.Millisecond, Store: passes.store, Passes: passes,
		Log: zap.NewNop(), Write: true,
		Trash: trash.Config{Dir: filepath.Join(kept, "trash"), Keep: time.Hour},
		Audit: audit.Config{Path: filepath.Join(kept, "audit.jsonl"), GID: -1},
	})
	t.Cleanup(a.editor.Close) // it looks after what it wrote for a settle time
	return a, passes, filepath.Join(kept, "trash")
}

// isKind reports whether an edit failed for a reason.
func isKind(err error, kind edit.Kind) bool {
	var failed *edit.Error
	return errors.As(err, &failed) && failed.Kind == kind
}

// While the root or a folder cannot be looked at, such as a disk that is away, what lies
// there is not changed.
func TestNothingIsChangedThatCannotBeJudged(t *testing.T) {
	a, passes, _ := newAdmin(t)
	key, status := passestest.Key(0), session.StatusPending
	text, err := os.ReadFile(a.Path(key))
	if err != nil {
		t.Fatal(err)
	}
	for _, away := range []session.Key{{}, key.Folder()} {
		problem := session.ActiveError{Problem: session.Problem{Session: away, ErrCode: 18, ComponentSignature: session.ComponentFile, Message: "it is away"}}
		passes.store.Apply(session.Outcome{Problems: []session.Transition[session.ActiveError]{{Session: away, Now: &problem}}})
		if _, err := a.Change(t.Context(), Order{}, key, edit.Set{Status: &status}); !isKind(err, edit.KindUnreadable) {
			t.Errorf("changed while %q is away: %v", away, err)
		}
		if _, err := a.Delete(t.Context(), Order{}, key); !isKind(err, edit.KindUnreadable) {
			t.Errorf("deleted while %q is away: %v", away, err)
		}
		if now, err := os.ReadFile(a.Path(key)); err != nil || !bytes.Equal(now, text) {
			t.Errorf("the file was changed: %s, %v", now, err)
		}
		passes.store.Apply(session.Outcome{Problems: []session.Transition[session.ActiveError]{{Session: away}}})
	}
	if _, err := a.Change(t.Context(), Order{}, key, edit.Set{Status: &status}); err != nil {
		t.Errorf("once nothing is away: %v", err)
	}
}

// Who deletes a session that is in memory because many files went at once is told so, and
// what ends it: there is no file to delete.
func TestSessionsHeldBackAreToldOf(t *testing.T) {
	a, passes, _ := newAdmin(t)
	key := passestest.Key(0)
	passes.was = sessiontest.At(passestest.Key(1)) // no pass takes this one for deleted
	if err := os.Remove(a.Path(key)); err != nil {
		t.Fatal(err)
	}
	for reason, told := range map[string]bool{session.ReasonInMotion: false, session.ReasonManyGone: true} {
		passes.store.Apply(session.Outcome{Unsettled: []session.Transition[session.Unsettled]{
			{Session: key, Now: &session.Unsettled{Session: key, Reason: reason}},
		}})
		for _, order := range []Order{{}, {DryRun: true}} {
			_, err := a.Delete(t.Context(), order, key)
			failed, ok := errors.AsType[*edit.Error](err)
			if !ok || failed.Kind != edit.KindNotFound || strings.Contains(failed.Detail, "kept in memory") != told || (failed.Remedy != "") != told {
				t.Errorf("%s, %+v: %+v", reason, order, err)
			}
		}
	}
}

// A deleted session whose file the pass after the deletion finds again is told of, whatever
// the pass makes of that file.
func TestReturnBeforeTheAnswer(t *testing.T) {
	key := passestest.Key(0)
	problem := session.ActiveError{Problem: session.Problem{Session: key, ErrCode: int(session.CodeSyntax), ComponentSignature: session.ComponentMobi}}
	for name, finds := range map[string]session.Outcome{
		"not in memory": {Unadmitted: []session.Transition[session.UnadmittedFile]{{Session: key, Now: &session.UnadmittedFile{Session: key}}}},
		"in memory":     {Changes: []session.MemoryChange{{Session: sessiontest.At(key), Kind: session.ChangeAdmitted}}},
		"rejected":      {Problems: []session.Transition[session.ActiveError]{{Session: key, Now: &problem}}},
	} {
		t.Run(name, func(t *testing.T) {
			a, passes, _ := newAdmin(t)
			passes.finds = &finds
			answer, err := a.Delete(t.Context(), Order{}, key)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(answer.Hints, func(h api.Hint) bool { return h.Code == api.HintReappeared }) {
				t.Errorf("the hints are %v", answer.Hints)
			}
		})
	}
}

// A restored file stays in the trash until its session is in memory.
func TestRestoredFileStaysUntilItIsOpened(t *testing.T) {
	a, passes, trash := newAdmin(t)
	for _, blind := range []bool{true, false} {
		gone, err := a.Delete(t.Context(), Order{}, passestest.Key(0))
		if err != nil {
			t.Fatal(err)
		}
		passes.blind = blind
		if _, err := a.Restore(t.Context(), Order{}, gone.Trash); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(trash, gone.Trash)); (err == nil) != blind {
			t.Errorf("where the session is not in memory: %t, the file in the trash: %v", blind, err)
		}
	}
}

// That changes cannot be recorded any more is told, until one can.
func TestFaultOfTheAuditIsTold(t *testing.T) {
	a, _, _ := newAdmin(t)
	path, status := a.cfg.Audit.Path, session.StatusPending
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Change(t.Context(), Order{}, passestest.Key(0), edit.Set{Status: &status}); !isKind(err, edit.KindIntent) {
		t.Fatalf("changed without an audit: %v", err)
	}
	if hints := a.Hints(); a.Fault() == nil || len(hints) != 1 {
		t.Errorf("the fault is %v, the hints are %v", a.Fault(), hints)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Change(t.Context(), Order{}, passestest.Key(0), edit.Set{Status: &status}); err != nil {
		t.Fatal(err)
	}
	if hints := a.Hints(); a.Fault() != nil || len(hints) != 0 {
		t.Errorf("the fault is %v, the hints are %v", a.Fault(), hints)
	}
}
