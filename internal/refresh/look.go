package refresh

import (
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
	// folderRight says that the files of the folder may be admitted because it
	// could not be listed at start-up.
	folderRight bool
	// nearest is the signature of the nearest folder that exists.
	nearest mobileapps.Signature
}

// file looks at one key, given what its listing or a stat said of it.
func (l *looker) file(f *file, sig mobileapps.Signature, err error) {
	wasInMotion := f.inMotion()
	had, counted := f.session != nil, f.isNotInMemory()

	what := l.verdict(f, sig, err)

	count(&l.t.counts, what, 1)
	l.account(f, had, counted)
	if f.wait != nil {
		l.t.unsettled = append(l.t.unsettled, f.unsettled())
		l.grantRight(f, f.wait.reason)
	}
	if wasInMotion && !f.inMotion() {
		l.t.settled = append(l.t.settled, settled{f.key, what})
	}
	switch what {
	case foundMissing:
		l.t.missing = append(l.t.missing, f.key)
	case foundNothing:
		delete(l.app.files, f.key.ID())
	}
}

// verdict is the table of section 3 of the refresh contract.
func (l *looker) verdict(f *file, sig mobileapps.Signature, err error) finding {
	m := l.pass.Memory
	wanted := f.verdict == valid && f.session == nil && l.admits(f)
	switch {
	case mobileapps.IsAbsent(err):
		return l.absent(f)
	case err != nil:
		return l.unreadable(f, err)
	case m.holds(f, sig) && !wanted:
		return l.stands(f)
	}

	begun := m.cfg.Clock()
	content, err := l.folder.Read(f.key.ID())
	switch {
	case mobileapps.IsAbsent(err):
		// It was there a moment ago: to remove and recreate is a way to save.
		l.grantRight(f, session.ReasonInMotion)
		return l.absent(f)
	case err != nil:
		return l.unreadable(f, err)
	case !content.Stable:
		l.inMotion(f).moved(m.cfg.Clock().Mono)
		return foundUnsettled
	case f.session != nil && f.session.Digest() == session.DigestOf(content.Data):
		m.remember(f, content, begun)
		f.verdict, f.problem = valid, nil
		return l.stands(f)
	}
	s, problem := m.cfg.Judge.Judge(f.key, content.Data)
	if problem != nil {
		return l.invalid(f, problem, content, begun)
	}
	m.remember(f, content, begun)
	f.verdict, f.problem = valid, nil
	return l.valid(f, s)
}

// stands confirms the verdict that a file has.
func (l *looker) stands(f *file) finding {
	l.rest(f)
	switch {
	case f.verdict == invalid:
		l.t.errors = append(l.t.errors, *f.problem)
		return foundRejected
	case f.session == nil:
		return foundNotInMemory
	}
	return foundUnchanged
}

// valid takes a session that was read just now: a valid verdict counts at once.
func (l *looker) valid(f *file, s *session.Session) finding {
	admitted := l.admits(f)
	l.rest(f)
	switch {
	case f.session != nil:
		f.session = s
		l.t.change(f, session.ActionUpdated, "")
		return foundUpdated
	case admitted:
		f.session = s
		l.t.change(f, session.ActionAdmitted, "")
		return foundAdmitted
	}
	return foundNotInMemory
}

// invalid takes a file whose content is wrong: it counts once two looks agree,
// and then for as long as the signature stays.
func (l *looker) invalid(f *file, problem *session.Problem, c mobileapps.Content, begun Instant) finding {
	m := l.pass.Memory
	known := f.verdict == invalid && f.mark.Signature == c.Signature
	if !known && !l.inMotion(f).sawInvalid(c.Signature, m.cfg.Settle, begun.Mono, m.cfg.Clock().Mono) {
		return foundUnsettled
	}
	m.remember(f, c, begun)
	f.verdict, f.problem = invalid, problem
	l.rest(f)
	l.remove(f, session.RemovedInvalid)
	l.t.errors = append(l.t.errors, *problem)
	return foundRejected
}

// absent takes a key that has no file. Where a session or a right to be admitted
// is at stake, it counts as deleted once the looks agree.
func (l *looker) absent(f *file) finding {
	m := l.pass.Memory
	now := m.cfg.Clock().Mono
	atStake := f.session != nil || f.rightUntil > now
	if atStake && !l.inMotion(f).sawAbsent(l.nearest, m.cfg.Settle, l.pass.start.Mono, now) {
		return foundMissing
	}
	f.verdict, f.problem = unjudged, nil
	l.rest(f)
	l.remove(f, session.RemovedDeleted)
	return foundNothing
}

// unreadable takes a key about which the operating system lets nothing be said.
func (l *looker) unreadable(f *file, err error) finding {
	l.waiting(f, session.ReasonUnreadable).sawFault(l.pass.cfg.Clock().Mono)
	f.answered()
	problem := session.NewFileProblem(f.key, err)
	l.setStanding(f, problem)
	l.t.errors = append(l.t.errors, *problem)
	return foundUnsettled
}

// remove takes the session of a key, where there is one, out of memory.
func (l *looker) remove(f *file, reason string) {
	if f.session != nil {
		f.session = nil
		l.t.change(f, session.ActionRemoved, reason)
	}
}

// admits reports whether a valid file may be admitted by this look.
func (l *looker) admits(f *file) bool {
	return l.pass.admit || l.folderRight || l.opens(f) || f.rightUntil > l.pass.start.Mono
}

// opens reports whether the request asks to admit a file: by its own name, with
// its folder, or with everything.
func (l *looker) opens(f *file) bool {
	opened := l.pass.opened
	return len(opened) > 0 && (opened[session.RootKey] || opened[l.app.self.key] || opened[f.key])
}

// grantRight keeps the right to be admitted for a key that could not be judged
// while admission was on: for good at start-up, and for a request to open as
// long as its answer waits for what is in motion.
func (l *looker) grantRight(f *file, reason string) {
	switch {
	case l.pass.startup || l.folderRight:
		f.rightUntil = forever
	case l.opens(f) && reason == session.ReasonInMotion:
		f.rightUntil = max(f.rightUntil, l.pass.cfg.Clock().Mono+AnswerLimit)
	}
}

// answered ends the right that a request to open left with a file: that it
// cannot be judged is the answer. The right from start-up stays.
func (f *file) answered() {
	if f.rightUntil != forever {
		f.rightUntil = 0
	}
}

// rest ends the waiting of a key that has a verdict, and brings its current
// error in line with it.
func (l *looker) rest(f *file) {
	f.rightUntil = 0
	l.stopWaiting(f)
	l.setStanding(f, f.problem)
}

// waiting returns the waiting record of a key that is unsettled for a reason, a
// new one where it was not.
func (l *looker) waiting(f *file, reason string) *wait {
	if f.wait == nil || f.wait.reason != reason {
		f.wait = &wait{reason: reason, since: l.pass.start.Wall}
		if l.app != nil {
			l.app.waiting[f] = struct{}{}
		}
		now := f.unsettled()
		l.t.turns = append(l.t.turns, session.Turn[session.Unsettled]{Session: f.key, Now: &now})
	}
	return f.wait
}

// inMotion is waiting for a key that is in motion. It could be read, so an error
// that said otherwise ends.
func (l *looker) inMotion(f *file) *wait {
	if f.standing != nil && !f.standing.Rejects() {
		l.setStanding(f, f.problem)
	}
	return l.waiting(f, session.ReasonInMotion)
}

func (l *looker) stopWaiting(f *file) {
	if f.wait == nil {
		return
	}
	f.wait = nil
	if l.app != nil {
		delete(l.app.waiting, f)
	}
	l.t.turns = append(l.t.turns, session.Turn[session.Unsettled]{Session: f.key})
}

// setStanding makes a problem, or none, the current error about a key.
func (l *looker) setStanding(f *file, p *session.Problem) {
	switch {
	case p == nil && f.standing == nil, p != nil && f.standing != nil && *p == f.standing.Problem:
		return
	case p == nil:
		f.standing = nil
	default:
		f.standing = &session.Standing{Problem: *p, Since: l.pass.start.Wall}
	}
	l.t.problems = append(l.t.problems, session.Turn[session.Standing]{Session: f.key, Now: f.standing})
}

// account keeps the folder's counts in step with a key.
func (l *looker) account(f *file, had, counted bool) {
	l.app.sessions += toInt(f.session != nil) - toInt(had)
	l.app.notInMemory += toInt(f.isNotInMemory()) - toInt(counted)
}

func (f *file) inMotion() bool { return f.wait != nil && f.wait.reason == session.ReasonInMotion }

func (f *file) isNotInMemory() bool { return f.verdict == valid && f.session == nil }

func (f *file) unsettled() session.Unsettled {
	return session.Unsettled{Session: f.key, Since: f.wait.since, Reason: f.wait.reason}
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
