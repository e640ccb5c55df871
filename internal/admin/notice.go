package admin

import (
	"fmt"
	"sync"
	"time"

	"github.com/dustin/go-humanize/english"
	"go.uber.org/zap"

	"sessiond/internal/api"
	"sessiond/internal/audit"
	"sessiond/internal/edit"
	"sessiond/internal/session"
)

// noticeCounts counts what the editor told since the start and somebody has to look at.
type noticeCounts struct {
	mu           sync.Mutex
	left, undone int // temporary files that stay, changes that others' writes undid
	kept         int // contents in the trash that nobody decided to remove
}

// notice takes what the editor did without having been asked, or after its answer.
func (a *Admin) notice(n edit.Notice) {
	a.notices.mu.Lock()
	switch n.Kind {
	case edit.NoticeLeft:
		a.notices.left++
	case edit.NoticeKept:
		a.notices.kept++
	case edit.NoticeUndone:
		a.notices.undone++
	case edit.NoticeAgain, edit.NoticePutBack, edit.NoticeCopyStays:
	}
	a.notices.mu.Unlock()

	fields := []zap.Field{zap.String("what", string(n.Kind)), zap.String("session", n.Key.Short())}
	e := audit.Entry{
		Actor: &audit.Actor{Via: audit.ViaFile}, Action: audit.ActionRecovered, Key: n.Key, Reason: string(n.Kind),
		Before: audit.StateOf(n.Result.Before), After: audit.StateOf(n.Result.After),
	}
	if n.File != "" {
		fields = append(fields, zap.String("folder", n.Key.App))
	}
	if n.Trash != "" {
		fields = append(fields, zap.String("trash", n.Trash))
	}
	if n.Err != nil {
		fields = append(fields, zap.Error(n.Err))
		e.Error = n.Err.Error()
	}
	a.cfg.Log.Warn(textOf(&n), fields...)
	a.record.observe(e)
	if n.Kind == edit.NoticeAgain && a.inMemory(n.Key) == nil {
		a.cfg.Unloaded(1, 0)
	}
	switch {
	case !n.Key.IsFile():
	case n.Kind == edit.NoticePutBack:
		// While its file had another name, a pass, and be it the first load, took the session
		// for deleted. Nothing says that it was to be.
		a.cfg.Passes.OpenSoon(n.Key)
	default:
		a.cfg.Passes.Changed(session.TriggerWatch, []session.Key{n.Key}, time.Now())
	}
}

// textOf says what happened, what is in place now, and what is to be done if anything is. The
// fields of the line name the file, the copy in the trash and the error.
func textOf(n *edit.Notice) string {
	switch n.Kind {
	case edit.NoticeAgain:
		return "a program wrote to a session file over an edit; the edit was made again on what it wrote, and both are in place"
	case edit.NoticeUndone:
		return "a program wrote to a session file over an edit, which could not be made again; what the program wrote is in place: make the edit again if it is still wanted"
	case edit.NoticePutBack:
		return "a crash interrupted a deletion; the session file is back in its place and its session is opened: delete it again if that is still wanted"
	case edit.NoticeKept:
		if n.Err != nil {
			return "a content that nobody decided to remove is in the trash, and its temporary file could not be removed: the next recovery tries again"
		}
		return "a content that nobody decided to remove is in the trash; the newer session file, if any, is in place: look at both, and restore what is missed"
	case edit.NoticeLeft:
		if n.File == "" {
			return "an app folder cannot be searched for what a crash left of edits, and stays as it is: remove the cause; the next recovery tries again"
		}
		return "a temporary file of an edit stays in its app folder, and where no session file is in place, it is all that there is: remove the cause; the next recovery tries again"
	case edit.NoticeCopyStays:
		return "a session file could not be deleted and is in place, and its copy in the trash could not be removed: purge the copy"
	}
	return string(n.Kind)
}

// Hints says in sentences what the editor told, and what fails, and what to do about it.
func (a *Admin) Hints() []api.Hint {
	var hints []api.Hint
	add := func(code api.HintCode, format string, args ...any) {
		hints = append(hints, hint(code, format, args...))
	}
	if err := a.record.fault(); err != nil {
		if a.cfg.Write {
			add(api.HintAuditFails, "the audit log cannot be written, and no file is changed until it can: %v", err)
		} else {
			add(api.HintAuditFails, "the audit log cannot be written: %v", err)
		}
	}
	if err := a.trash.lastErr(); err != nil {
		add(api.HintTrashFails, "nothing can be kept in the trash, and no file is deleted until it can: %v", err)
	}
	if n := a.returns.count(time.Now()); n > 0 {
		add(api.HintReappeared, "%s there again: a 4D server that has such a session in memory writes its file again; end it there, too",
			english.Plural(n, "session that was deleted in the last hour is", "sessions that were deleted in the last hour are"))
	}
	hints = append(hints, a.leftoverHint()...)
	a.notices.mu.Lock()
	defer a.notices.mu.Unlock()
	if a.notices.left > 0 {
		add(api.HintLeftBehind, "%s of edits could not be put in order and stay in their app folders: see the log", english.Plural(a.notices.left, "temporary file", "temporary files"))
	}
	if a.notices.kept > 0 {
		add(api.HintKeptInTrash, "%s that nobody decided to remove went to the trash: see sessiond trash", english.Plural(a.notices.kept, "content", "contents"))
	}
	if a.notices.undone > 0 {
		add(api.HintUndone, "%s undone by what another program wrote: see the audit", english.Plural(a.notices.undone, "change was", "changes were"))
	}
	return hints
}

// Fault returns why no file can be changed although that is allowed; nil where it can.
func (a *Admin) Fault() error {
	if a.cfg.Audit.Path == "" {
		return fmt.Errorf("no audit log is named (audit-log), and what cannot be recorded is not done")
	}
	return a.record.lastErr()
}
