package refresh

import (
	"errors"
	"io/fs"
	"slices"
	"syscall"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// observation is what one look at one file found, before anything is decided.
type observation struct {
	// stands is true where the signature proves that the last verdict holds.
	stands bool
	// err is why there is nothing else; gone says that it was there a moment ago.
	err  error
	gone bool

	// content is what was read, without its data: that is the same as that of the
	// session in memory, or it has become a session or a problem.
	content mobileapps.Content
	same    bool
	session *session.Session
	problem *session.Problem
	// The look took from begun to ended, or less.
	begun, ended Instant
}

// state is what was known of a file before a look.
type state struct {
	session     *session.Session
	inMotion    bool
	notInMemory bool
}

// file decides about one file.
func (l *folderScan) file(f entry, o *observation) {
	was := state{f.session, f.state != nil && f.state.inMotion(), f.isNotInMemory()}
	if l.app.held > 0 && o.err == nil && isBack(f, o) {
		l.cameBack = true
	}
	what := l.verdict(f, o)
	if what == foundRemovable {
		l.candidates = append(l.candidates, candidate{l, f, *o, was})
		return
	}
	l.note(f, what, was)
}

// isBack reports whether a file that is on disk was absent at the last look, was
// never seen before, or is valid again after its removal was held back.
func isBack(f entry, o *observation) bool {
	switch {
	case f.state == nil:
		return f.verdict == unjudged
	case f.state.pending == nil:
		return false
	case f.state.pending.seen.agree == onAbsent:
		return true
	}
	return f.state.isHeld() && (o.stands || o.content.Stable && o.problem == nil)
}

// note writes down what a look came to.
func (l *folderScan) note(f entry, what result, was state) {
	count(&l.t.counts, what, 1)
	l.account(f, was)
	if m := f.state; m != nil {
		if m.pending != nil {
			l.t.unsettled = append(l.t.unsettled, m.unsettled())
			l.allowAdmission(m, m.pending.reason)
		}
		if was.inMotion && !m.inMotion() {
			l.t.settled = append(l.t.settled, settled{m.key, what})
		}
		if what == foundMissing {
			l.t.missing = append(l.t.missing, m.key)
		}
		if m.settled() {
			f.state = nil
		}
	}
	if what == foundNothing {
		if f.seen == l.pass.number() {
			l.seen--
		}
		delete(l.app.files.byID, f.id)
	} else if f.session != was.session {
		l.app.files.rename(f)
	}
}

// verdict is the table of section 3 of the refresh contract.
func (l *folderScan) verdict(f entry, o *observation) result {
	switch {
	case o.stands:
		return l.stands(f)
	case mobileapps.IsAbsent(o.err):
		if o.gone {
			// To remove and recreate is a way to save.
			l.allowAdmission(l.stateOf(f), session.ReasonInMotion)
		}
		// Something of another kind is no error of the system.
		if _, missing := errors.AsType[syscall.Errno](o.err); missing && l.listed && o.gone && l.app.on.Caches {
			// The listing is right: the kernel remembers that it was not there.
			l.inMotion(l.stateOf(f)).moved(o.ended.Mono)
			return foundUnsettled
		}
		return l.absent(f)
	case o.err != nil:
		return l.unreadable(l.stateOf(f), o.err)
	case !o.content.Stable:
		l.inMotion(l.stateOf(f)).moved(o.ended.Mono)
		return foundUnsettled
	case o.problem != nil:
		return l.invalid(f, o)
	}
	l.pass.remember(f.file, valid, &o.content, o.begun, o.ended)
	if f.state != nil {
		f.state.problem = nil
	}
	if o.same {
		return l.stands(f)
	}
	return l.valid(f, o)
}

// stands confirms the verdict that a file has.
func (l *folderScan) stands(f entry) result {
	l.markValid(f.state)
	switch {
	case f.verdict == invalid:
		l.t.errors = append(l.t.errors, *f.state.problem)
		return foundRejected
	case f.session == nil:
		return foundNotInMemory
	}
	return foundUnchanged
}

// valid takes a session that was read just now: a valid verdict counts at once.
func (l *folderScan) valid(f entry, o *observation) result {
	admitted := f.session == nil && l.admits(f)
	l.markValid(f.state)
	switch {
	case f.session != nil:
		l.t.change(session.ChangeUpdated, o.session, o.content.Signature.Mtime)
		f.session = o.session
		return foundUpdated
	case admitted:
		l.t.change(session.ChangeAdmitted, o.session, o.content.Signature.Mtime)
		f.session = o.session
		return foundAdmitted
	}
	return foundNotInMemory
}

// invalid takes a file whose content is wrong: it counts once two looks agree,
// and then for as long as the signature stays.
func (l *folderScan) invalid(f entry, o *observation) result {
	m := l.stateOf(f)
	known := f.verdict == invalid && f.sig == l.pass.hash(&o.content.Signature)
	if !known {
		l.inMotion(m)
		l.mark(f)
		if l.taking() {
			m.pending.seen = observations{}
		}
		if !m.pending.sawInvalid(o.content.Signature, l.settle(), o.begun.Mono, o.ended.Mono) {
			return foundUnsettled
		}
	}
	if f.session != nil && !m.marked {
		return foundRemovable
	}
	return l.reject(f, o)
}

// reject handles an invalid file whose verdict counts.
func (l *folderScan) reject(f entry, o *observation) result {
	l.pass.remember(f.file, invalid, &o.content, o.begun, o.ended)
	f.state.problem = o.problem
	removal := session.Removal{Trigger: l.triggerOf(f.state), Modified: time.Unix(0, o.content.Mtime)}
	known := lastKnown(f)
	l.markSettled(f.state)
	l.describe(f.state, session.FileTime(o.content.Mtime), known)
	l.remove(f, session.ChangeInvalid, removal)
	l.t.errors = append(l.t.errors, *f.state.problem)
	return foundRejected
}

// lastKnown returns what is known of whose session an invalid file was.
func lastKnown(f entry) *session.LastKnown {
	switch {
	case f.session != nil:
		return session.LastKnownOf(f.session)
	case f.state.activeError != nil:
		return f.state.activeError.LastKnown
	}
	return nil
}

// absent takes a key that has no file. Where a session or a right to be admitted
// is at stake, it counts as deleted once the looks agree, at once where the daemon has
// deleted the file itself, and not as long as it is about to.
func (l *folderScan) absent(f entry) result {
	if deleted := l.pass.req.Deleted; len(deleted) > 0 && slices.Contains(deleted, l.key(f)) && !l.taking() {
		return l.delete(f)
	}
	now := l.pass.cfg.Clock().Mono
	if f.session != nil && l.pass.deletions.has(l.key(f)) {
		if w := l.inMotion(l.stateOf(f)); !f.state.isHeld() {
			w.moved(now)
		}
		return foundMissing
	}
	if f.session != nil || f.state != nil && f.state.admitUntil > now {
		w := l.inMotion(l.stateOf(f))
		if l.taking() {
			w.seen = observations{}
		}
		agreed := f.state.isHeld() && w.seen.agree == onAbsent
		l.mark(f)
		if !agreed && !f.state.pending.sawAbsent(l.nearest, l.settle(), l.pass.start.Mono, now) {
			return foundMissing
		}
	}
	if f.session != nil && !f.state.marked {
		return foundRemovable
	}
	return l.delete(f)
}

// delete handles an absent file whose absence counts.
func (l *folderScan) delete(f entry) result {
	f.verdict = unjudged
	if f.state != nil {
		f.state.problem = nil
	}
	removal, ended := session.Removal{Trigger: l.triggerOf(f.state)}, len(l.t.problems)
	l.markSettled(f.state)
	for i := range l.t.problems[ended:] {
		l.t.problems[ended+i].Gone = true
	}
	l.remove(f, session.ChangeDeleted, removal)
	return foundNothing
}

// triggerOf returns the trigger of the pass that saw first what is now certain.
func (l *folderScan) triggerOf(m *keyState) session.Trigger {
	if m != nil && m.pending != nil {
		return m.pending.trigger
	}
	return l.pass.req.Trigger
}

// mark notes that a pass that somebody asked for found the file of a session gone
// or invalid: once the looks agree, the brake does not hold that removal back. If
// it was held until now, it is in motion again, so that the answer waits for it.
func (l *folderScan) mark(f entry) {
	if f.session == nil || !l.pass.req.asked() || !l.pass.req.names(l.key(f)) || l.taking() {
		return
	}
	f.state.marked = true
	if f.state.isHeld() {
		agreed := f.state.pending.seen
		l.waiting(f.state, session.ReasonInMotion).seen = agreed
	}
}

// unreadable handles a key that the operating system does not let be judged.
func (l *folderScan) unreadable(m *keyState, err error) result {
	l.waiting(m, session.ReasonUnreadable).sawFault(l.pass.cfg.Clock().Mono, l.pass.looks.unreadable)
	m.answered()
	problem := session.NewFileProblem(m.key, err)
	if why := l.pass.denied(m.key, err); why != "" {
		problem.Detail = why
	}
	l.setActiveError(m, problem)
	l.t.errors = append(l.t.errors, *problem)
	return foundUnsettled
}

// denied says which right is lacking, where an error is about that and the tree can say so.
func (p *pass) denied(key session.Key, err error) string {
	tree, can := p.cfg.Tree.(mobileapps.Denier)
	if !can || !errors.Is(err, fs.ErrPermission) {
		return ""
	}
	return tree.Denied(key)
}

// remove takes the session of a key, where there is one, out of memory.
func (l *folderScan) remove(f entry, why session.ChangeKind, how session.Removal) {
	if f.session != nil {
		l.t.changes = append(l.t.changes, session.MemoryChange{Session: f.session, Kind: why, Removal: &how})
		l.t.counts.Removed++
		f.session = nil
	}
}

// stateOf returns the state of a file, a new one where there is none.
func (l *folderScan) stateOf(f entry) *keyState {
	if f.state == nil {
		key := l.key(f)
		if f.session != nil {
			key = key.Clone() // it may be a part of the session's content, and the state outlives that
		}
		f.state = &keyState{key: key}
	}
	return f.state
}

func (l *folderScan) key(f entry) session.Key { return session.Key{App: l.app.name, ID: f.id} }

// admits reports whether a valid file may be admitted by this look.
func (l *folderScan) admits(f entry) bool {
	if l.taking() {
		return false
	}
	return l.pass.admit || l.folderAdmits || len(l.pass.opened) > 0 && l.opens(l.key(f)) ||
		f.state != nil && f.state.admitUntil > l.pass.start.Mono
}

// opens reports whether the request asks to admit a file: by its own name, with
// its folder, or with everything.
func (l *folderScan) opens(key session.Key) bool {
	opened := l.pass.opened
	return len(opened) > 0 && (opened[session.Key{}] || opened[l.app.self.key] || opened[key])
}

// allowAdmission keeps the right to be admitted for a key that could not be judged
// while admission was on: for good at start-up, and for a request to open as
// long as its answer waits for what is in motion.
func (l *folderScan) allowAdmission(m *keyState, reason string) {
	switch {
	case l.pass.startup || l.folderAdmits:
		m.admitUntil = forever
	case reason == session.ReasonInMotion && l.opens(m.key):
		m.admitUntil = max(m.admitUntil, l.pass.cfg.Clock().Mono+AnswerLimit)
	}
}

// account keeps the folder's counts in step with a key, and those of all folders.
func (l *folderScan) account(f entry, was state) {
	sessions := toInt(f.session != nil) - toInt(was.session != nil)
	notInMemory := toInt(f.isNotInMemory()) - toInt(was.notInMemory)
	if notInMemory != 0 {
		l.t.unadmitted = append(l.t.unadmitted, l.unadmitted(f, was))
	}
	l.app.sessions += sessions
	l.t.sessions += sessions
	l.t.notInMemory += notInMemory
}

// unadmitted says that a file came to be valid and not in memory, or is so no more.
func (l *folderScan) unadmitted(f entry, was state) transition[session.UnadmittedFile] {
	t := transition[session.UnadmittedFile]{existed: was.notInMemory}
	t.Session = l.key(f).Clone()
	if f.isNotInMemory() {
		t.Now = &session.UnadmittedFile{Session: t.Session, Since: l.pass.start.Wall}
	}
	return t
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
