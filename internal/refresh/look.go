package refresh

import (
	"errors"
	"sync"
	"syscall"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// looker looks at the keys of one app folder, or at the root, during one pass.
type looker struct {
	pass *pass
	app  *app // nil: it looks at the root as a whole
	t    *tally
	// folder is the open app folder, nil where it could not be opened.
	folder mobileapps.Folder
	// rereads is true where the files of the folder are read whatever their signature.
	rereads bool
	// folderRight says that the files of the folder may be admitted because it
	// could not be listed at start-up.
	folderRight bool
	// nearest is the signature of the nearest folder that exists.
	nearest mobileapps.Signature

	// What follows, and all that is decided, is held under the app's lock while
	// several workers look at files of the folder.

	// candidates are removals that the brake has to decide about; cameBack says
	// that a held key is on disk again, or that another key appeared beside one.
	candidates []candidate
	cameBack   bool
	// listed is true where the files were found by a listing.
	listed bool
	// expected is the number of the record that the next listed file should
	// have, and seen how many records this pass has found a file for.
	expected uint32
	seen     int
	// fault is what was found to be wrong with the folder when its files were
	// looked at.
	fault error
	// working counts the steps of the listing that are with other workers.
	working sync.WaitGroup
}

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

// subject is a file about which something is decided.
type subject struct {
	*file
	record uint32
	matter *matter // nil: there is none
}

func (l *looker) subject(record uint32) *subject {
	return &subject{l.app.files.at(record), record, l.app.files.matters[record]}
}

// state is what was known of a file before a look.
type state struct {
	inMotion    bool
	inMemory    bool
	notInMemory bool
}

// file decides about one file.
func (l *looker) file(record uint32, o *observation) {
	f := l.subject(record)
	was := state{f.matter != nil && f.matter.inMotion(), f.session != nil, f.isNotInMemory()}
	if l.app.held > 0 && o.err == nil && isBack(f, o) {
		l.cameBack = true
	}
	what := l.verdict(f, o)
	if what == foundRemovable {
		l.candidates = append(l.candidates, candidate{l, record, *o, was})
		return
	}
	l.note(f, what, o, was)
}

// isBack reports whether a file that is on disk was not there at the last look, or
// nobody has seen it before, or its removal was held back and it is well again.
func isBack(f *subject, o *observation) bool {
	switch {
	case f.matter == nil:
		return f.verdict == unjudged
	case f.matter.wait == nil:
		return false
	case f.matter.wait.looks.on == onAbsent:
		return true
	}
	return f.matter.isHeld() && (o.stands || o.content.Stable && o.problem == nil)
}

// note writes down what a look came to.
func (l *looker) note(f *subject, what finding, o *observation, was state) {
	record := f.record
	count(&l.t.counts, what, 1)
	l.account(f.file, was)
	if m := f.matter; m != nil {
		if m.wait != nil {
			l.t.unsettled = append(l.t.unsettled, m.unsettled())
			l.grantRight(m, m.wait.reason)
		}
		if was.inMotion && !m.inMotion() {
			l.t.settled = append(l.t.settled, settled{m.key, what})
		}
		if what == foundMissing {
			l.t.missing = append(l.t.missing, m.key)
		}
		l.app.files.keep(record, m)
	}
	if what == foundNothing {
		if f.seen == l.pass.number() {
			l.seen--
		}
		l.app.files.drop(record)
	}
}

// verdict is the table of section 3 of the refresh contract.
func (l *looker) verdict(f *subject, o *observation) finding {
	switch {
	case o.stands:
		return l.stands(f)
	case mobileapps.IsAbsent(o.err):
		if o.gone {
			// To remove and recreate is a way to save.
			l.grantRight(l.matterOf(f), session.ReasonInMotion)
		}
		// Something of another kind is no error of the system.
		if _, missing := errors.AsType[syscall.Errno](o.err); missing && l.listed && o.gone && l.app.on.Caches {
			// The listing is right: the kernel remembers that it was not there.
			l.inMotion(l.matterOf(f)).moved(o.ended.Mono)
			return foundUnsettled
		}
		return l.absent(f)
	case o.err != nil:
		return l.unreadable(l.matterOf(f), o.err)
	case !o.content.Stable:
		l.inMotion(l.matterOf(f)).moved(o.ended.Mono)
		return foundUnsettled
	case o.problem != nil:
		return l.invalid(f, o)
	}
	l.pass.remember(f.file, valid, &o.content, o.begun, o.ended)
	if f.matter != nil {
		f.matter.problem = nil
	}
	if o.same {
		return l.stands(f)
	}
	return l.valid(f, o)
}

// stands confirms the verdict that a file has.
func (l *looker) stands(f *subject) finding {
	l.rest(f.matter)
	switch {
	case f.verdict == invalid:
		l.t.errors = append(l.t.errors, *f.matter.problem)
		return foundRejected
	case f.session == nil:
		return foundNotInMemory
	}
	return foundUnchanged
}

// valid takes a session that was read just now: a valid verdict counts at once.
func (l *looker) valid(f *subject, o *observation) finding {
	admitted := f.session == nil && l.admits(f)
	l.restKeepingRight(f.matter)
	switch {
	case f.session != nil:
		l.t.effect(session.KindUpdated, o.session)
		f.session = o.session
		return foundUpdated
	case admitted:
		l.t.effect(session.KindAdmitted, o.session)
		f.session = o.session
		return foundAdmitted
	}
	return foundNotInMemory
}

// invalid takes a file whose content is wrong: it counts once two looks agree,
// and then for as long as the signature stays.
func (l *looker) invalid(f *subject, o *observation) finding {
	m := l.matterOf(f)
	known := f.verdict == invalid && f.sig == l.pass.prints.of(&o.content.Signature)
	if !known {
		l.inMotion(m)
		l.mark(f)
		if l.taking() {
			m.wait.looks = looks{}
		}
		if !m.wait.sawInvalid(o.content.Signature, l.settle(), o.begun.Mono, o.ended.Mono) {
			return foundUnsettled
		}
	}
	if f.session != nil && !m.marked {
		return foundRemovable
	}
	return l.reject(f, o)
}

// reject takes an invalid file whose verdict counts.
func (l *looker) reject(f *subject, o *observation) finding {
	l.pass.remember(f.file, invalid, &o.content, o.begun, o.ended)
	f.matter.problem = o.problem
	l.rest(f.matter)
	l.remove(f, session.KindInvalid)
	l.t.errors = append(l.t.errors, *o.problem)
	return foundRejected
}

// absent takes a key that has no file. Where a session or a right to be admitted
// is at stake, it counts as deleted once the looks agree.
func (l *looker) absent(f *subject) finding {
	now := l.pass.cfg.Clock().Mono
	if f.session != nil || f.matter != nil && f.matter.rightUntil > now {
		w := l.inMotion(l.matterOf(f))
		if l.taking() {
			w.looks = looks{}
		}
		agreed := f.matter.isHeld() && w.looks.on == onAbsent
		l.mark(f)
		if !agreed && !f.matter.wait.sawAbsent(l.nearest, l.settle(), l.pass.start.Mono, now) {
			return foundMissing
		}
	}
	if f.session != nil && !f.matter.marked {
		return foundRemovable
	}
	return l.delete(f)
}

// delete takes a file that is not there, which counts.
func (l *looker) delete(f *subject) finding {
	f.verdict = unjudged
	if f.matter != nil {
		f.matter.problem = nil
	}
	l.rest(f.matter)
	l.remove(f, session.KindDeleted)
	return foundNothing
}

// mark notes that somebody who asked for a look was shown that the file of a session
// is gone or invalid: once the looks agree, the brake does not hold that back. What it
// held until now is in motion, so that the answer waits for the looks.
func (l *looker) mark(f *subject) {
	if f.session == nil || !l.pass.req.asked() || !l.pass.req.names(l.key(f.record)) || l.taking() {
		return
	}
	f.matter.marked = true
	if f.matter.isHeld() {
		agreed := f.matter.wait.looks
		l.waiting(f.matter, session.ReasonInMotion).looks = agreed
	}
}

// unreadable takes a key about which the operating system lets nothing be said.
func (l *looker) unreadable(m *matter, err error) finding {
	l.waiting(m, session.ReasonUnreadable).sawFault(l.pass.cfg.Clock().Mono)
	m.answered()
	problem := session.NewFileProblem(m.key, err)
	l.setStanding(m, problem)
	l.t.errors = append(l.t.errors, *problem)
	return foundUnsettled
}

// remove takes the session of a key, where there is one, out of memory.
func (l *looker) remove(f *subject, why session.Kind) {
	if f.session != nil {
		l.t.effect(why, f.session)
		l.t.counts.Removed++
		f.session = nil
	}
}

// matterOf returns the matter of a file, a new one where there is none.
func (l *looker) matterOf(f *subject) *matter {
	if f.matter == nil {
		f.matter = &matter{key: l.key(f.record)}
	}
	return f.matter
}

func (l *looker) key(n uint32) session.Key {
	return session.NewKey(l.app.name, string(l.app.files.name(n)))
}

// admits reports whether a valid file may be admitted by this look.
func (l *looker) admits(f *subject) bool {
	if l.taking() {
		return false
	}
	return l.pass.admit || l.folderRight || len(l.pass.opened) > 0 && l.opens(l.key(f.record)) ||
		f.matter != nil && f.matter.rightUntil > l.pass.start.Mono
}

// opens reports whether the request asks to admit a file: by its own name, with
// its folder, or with everything.
func (l *looker) opens(key session.Key) bool {
	opened := l.pass.opened
	return len(opened) > 0 && (opened[session.RootKey] || opened[l.app.self.key] || opened[key])
}

// grantRight keeps the right to be admitted for a key that could not be judged
// while admission was on: for good at start-up, and for a request to open as
// long as its answer waits for what is in motion.
func (l *looker) grantRight(m *matter, reason string) {
	switch {
	case l.pass.startup || l.folderRight:
		m.rightUntil = forever
	case reason == session.ReasonInMotion && l.opens(m.key):
		m.rightUntil = max(m.rightUntil, l.pass.cfg.Clock().Mono+AnswerLimit)
	}
}

// rest ends the waiting of a key that has a verdict, and brings its current
// error in line with it.
func (l *looker) rest(m *matter) {
	if m == nil {
		return
	}
	m.rightUntil, m.marked = 0, false
	l.stopWaiting(m)
	l.setStanding(m, m.problem)
}

// restKeepingRight is rest for a valid file: a pass that takes a mount admits
// nothing, so who has the right to be admitted keeps it.
func (l *looker) restKeepingRight(m *matter) {
	if m == nil {
		return
	}
	right := m.rightUntil
	l.rest(m)
	if l.taking() {
		m.rightUntil = right
	}
}

// waiting returns the waiting record of a key that is unsettled for a reason, a
// new one where it was not.
func (l *looker) waiting(m *matter, reason string) *wait {
	if m.wait == nil || m.wait.reason != reason {
		stood := m.wait != nil
		if m.isHeld() {
			l.countHeld(-1)
		}
		m.wait = &wait{reason: reason, since: l.pass.start.Wall}
		if l.app != nil {
			l.app.waiting[m] = struct{}{}
		}
		now := m.unsettled()
		l.t.turns = append(l.t.turns, turn[session.Unsettled]{session.Turn[session.Unsettled]{Session: m.key, Now: &now}, stood})
	}
	return m.wait
}

// inMotion is waiting for a key that is in motion. It could be read, so an error
// that said otherwise ends.
func (l *looker) inMotion(m *matter) *wait {
	if m.standing != nil && !m.standing.Rejects() {
		l.setStanding(m, m.problem)
	}
	if m.isHeld() {
		return m.wait
	}
	return l.waiting(m, session.ReasonInMotion)
}

// hold is waiting for a key whose removal is held back, and keeps what the looks
// agree on.
func (l *looker) hold(m *matter) *wait {
	if !m.isHeld() {
		agreed := m.wait.looks
		w := l.waiting(m, session.ReasonManyGone)
		w.looks, w.heldSince = agreed, l.pass.start.Mono
		l.countHeld(1)
	}
	return m.wait
}

func (l *looker) countHeld(more int) {
	l.app.held += more
	l.t.held += more
}

func (l *looker) stopWaiting(m *matter) {
	if m.wait == nil {
		return
	}
	if m.isHeld() {
		l.countHeld(-1)
	}
	m.wait = nil
	if l.app != nil {
		delete(l.app.waiting, m)
	}
	l.t.turns = append(l.t.turns, turn[session.Unsettled]{session.Turn[session.Unsettled]{Session: m.key}, true})
}

// setStanding makes a problem, or none, the current error about a key.
func (l *looker) setStanding(m *matter, p *session.Problem) {
	stood := m.standing != nil
	switch {
	case p == nil && m.standing == nil, p != nil && m.standing != nil && *p == m.standing.Problem:
		return
	case p == nil:
		m.standing = nil
	default:
		m.standing = &session.Standing{Problem: *p, Since: l.pass.start.Wall}
	}
	l.t.problems = append(l.t.problems, turn[session.Standing]{session.Turn[session.Standing]{Session: m.key, Now: m.standing}, stood})
}

// account keeps the folder's counts in step with a key, and those of all folders.
func (l *looker) account(f *file, was state) {
	sessions := toInt(f.session != nil) - toInt(was.inMemory)
	notInMemory := toInt(f.isNotInMemory()) - toInt(was.notInMemory)
	l.app.sessions += sessions
	l.t.sessions += sessions
	l.t.notInMemory += notInMemory
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
