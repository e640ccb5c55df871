package admin

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/audit"
	"sessiond/internal/edit"
	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
	"sessiond/internal/store"
	"sessiond/internal/trash"
	"sessiond/internal/validate"
)

// Config is what an [Admin] is made of.
type Config struct {
	Root string
	// Tree is read for digests, Files is written to; where Write is off, it is only searched
	// for what earlier edits left, and may be nil.
	Tree  mobileapps.Tree
	Files mobileapps.WriteTree
	Judge *validate.Validator
	// Knows is that of [edit.Config].
	Knows  func(root mobileapps.WriteRoot, app string, folder mobileapps.WriteFolder) bool
	Settle time.Duration
	Store  *store.Store
	Passes Passes
	Log    *zap.Logger

	// Write says that files may be changed. Without it, nothing below the root is opened
	// to write.
	Write bool
	// Trash is where deleted files are kept; for no time where its Keep is 0.
	Trash trash.Config
	// Audit is where changes are recorded; nowhere where its Path is empty.
	Audit audit.Config
	// Made counts what was done through the daemon; nil where nobody counts.
	Made func(action audit.Action, result audit.Result)
	// Unloaded is told how many files of sessions that were not in memory were changed or
	// deleted through the daemon: no pass updates or removes anything for these. It may be
	// nil.
	Unloaded func(changed, deleted int)
}

// Passes look at what was changed.
type Passes interface {
	// Edited returns the report about files that were changed or, with deleted, deleted.
	Edited(ctx context.Context, deleted bool, files ...session.Key) (session.Report, error)
	// BeginDeletion says that files are about to be deleted, so that nothing is made of their
	// absence until EndDeletion, which comes after Edited has returned.
	BeginDeletion(files ...session.Key)
	EndDeletion(files ...session.Key)
	// Open returns the report of a pass over a file with admission on.
	Open(ctx context.Context, key session.Key) (session.Report, error)
	// OpenSoon asks for the same, and does not wait for it.
	OpenSoon(key session.Key)
	// Changed asks for a pass over files, and does not wait for it.
	Changed(trigger session.Trigger, keys []session.Key, since time.Time)
	// Ready is closed after the first load.
	Ready() <-chan struct{}
}

// Admin makes changes to session files. It is safe for concurrent use.
type Admin struct {
	cfg     Config
	editor  *edit.Editor
	record  *record
	trash   *deleted
	returns returns
	notices noticeCounts

	leftovers leftovers
}

// New returns an Admin. What it cannot open is opened later: until then what needs it is
// refused.
func New(cfg Config) *Admin {
	if cfg.Made == nil {
		cfg.Made = func(audit.Action, audit.Result) {}
	}
	if cfg.Unloaded == nil {
		cfg.Unloaded = func(int, int) {}
	}
	a := &Admin{cfg: cfg, record: newRecord(cfg.Audit), trash: newDeleted(cfg.Trash, cfg.Write)}
	editor := edit.Config{Tree: cfg.Files, Judge: cfg.Judge, Settle: cfg.Settle, Knows: cfg.Knows, Notify: a.notice}
	if a.trash.isKept() {
		editor.Trash = a.trash
	}
	a.editor = edit.New(editor)
	if _, err := a.record.open(); err != nil {
		cfg.Log.Warn("changes cannot be recorded for now, and so none is made", zap.Error(err))
	}
	if _, err := a.trash.open(); err != nil {
		cfg.Log.Warn("deleted files cannot be kept for now, and so none is deleted", zap.Error(err))
	}
	return a
}

// Run writes the audit, purges the trash and puts in order what a crash left behind, until
// ctx ends and what was begun has come to its end. Nothing may be asked for afterwards.
func (a *Admin) Run(ctx context.Context) {
	running := new(sync.WaitGroup)
	// What the editor has to tell at its end is recorded, too.
	open, end := context.WithCancel(context.WithoutCancel(ctx))
	running.Go(func() { a.record.run(open) })
	running.Go(func() {
		a.trash.run(open, func(err error) { a.cfg.Log.Warn("the trash cannot be purged", zap.Error(err)) })
	})
	switch {
	case a.cfg.Write:
		a.recover(ctx)
	case a.cfg.Files != nil:
		a.watchLeftovers(ctx)
	}
	<-ctx.Done()
	a.editor.Close()
	end()
	running.Wait()
}

// recover puts in order what a crash left in the middle of an edit, once the sessions are
// loaded. Each edit does the same where that did not succeed.
func (a *Admin) recover(ctx context.Context) {
	select {
	case <-a.cfg.Passes.Ready():
	case <-ctx.Done():
		return
	}
	if _, err := a.editor.Recover(ctx); err != nil && ctx.Err() == nil {
		a.cfg.Log.Warn("what a crash may have left of edits cannot be looked at now; the next edit does", zap.Error(err))
	}
}

// Observe takes what a pass found: what others changed is recorded.
func (a *Admin) Observe(before *store.View, o *session.Outcome) {
	a.record.observe(audit.Observed(*o, func(key session.Key) *session.Session {
		was, _ := before.Get(key)
		return was.Session
	})...)
	a.noteReturns(o)
}

// Path returns where the file of a session is.
func (a *Admin) Path(key session.Key) string { return filepath.Join(a.cfg.Root, key.App, key.ID) }

// Digest reads a session's file for its digest. It reports false where that cannot be done,
// and where files are not changed at all: nobody has a use for it then.
func (a *Admin) Digest(key session.Key) (session.Digest, bool) {
	if !a.cfg.Write {
		return session.Digest{}, false
	}
	root, err := a.cfg.Tree.Open()
	if err != nil {
		return session.Digest{}, false
	}
	defer root.Close()
	folder, err := root.Open(key.App)
	if err != nil {
		return session.Digest{}, false
	}
	defer folder.Close()
	content, err := folder.Read(key.ID)
	if err != nil || !content.Stable {
		return session.Digest{}, false
	}
	return session.DigestOf(content.Data), true
}

// Audit returns what is on record.
func (a *Admin) Audit(filter audit.Filter) (audit.Page, error) {
	log, err := a.record.open()
	switch {
	case err != nil:
		return audit.Page{}, err
	case log == nil:
		return audit.Page{}, ErrNoAudit
	}
	return log.Read(filter)
}
