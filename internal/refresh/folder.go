package refresh

import (
	"sync"

	"golang.org/x/sync/errgroup"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// folderScan looks at the keys of one app folder, or at the root, during one pass.
type folderScan struct {
	pass *pass
	app  *app // nil: it looks at the root as a whole
	t    *passResult
	// folder is the open app folder, nil where it could not be opened.
	folder mobileapps.Folder
	// rereads is true where the files of the folder are read whatever their signature.
	rereads bool
	// folderAdmits says that the files of the folder may be admitted because it
	// could not be listed at start-up.
	folderAdmits bool
	// nearest is the signature of the nearest folder that exists.
	nearest mobileapps.Signature

	// What follows, and all that is decided, is held under the app's lock while
	// several workers look at files of the folder.

	// candidates are removals that the brake has to decide about; cameBack says
	// that a held key is on disk again, or that another key appeared beside one.
	candidates []candidate
	cameBack   bool
	// touched are the keys that were or became unsettled and that the scan did
	// something to.
	touched []*keyState
	// listed is true where the files were found by a listing.
	listed bool
	// whole is true where the scan is about all files of the folder.
	whole bool
	// seen is how many of the remembered files this pass has looked at.
	seen int
	// fault is what was found to be wrong with the folder when its files were
	// looked at.
	fault error
	// working counts the steps of the listing that are with other workers.
	working sync.WaitGroup
}

// folderIn looks at the app folder in an open root: at some of its files, or at
// all of them.
func (l *folderScan) folderIn(root mobileapps.Root, ids map[string]struct{}, g *errgroup.Group) {
	// The watch comes first: what changes after the listing gives an event.
	l.pass.cfg.Watches.Renew(l.app.name)
	folder, err := root.Open(l.app.name)
	switch {
	case mobileapps.IsAbsent(err):
		l.folderGone()
		return
	case err != nil:
		l.folderUnreadable(err)
		return
	}
	defer folder.Close()

	if err := l.acceptFolder(root, folder); err != nil {
		l.folderUnreadable(err)
		return
	}
	l.app.on = folder.FileSystem()
	l.t.slow = l.pass.slowOn(l.app.on)
	if ids != nil && !l.t.taken && l.app.self.pending == nil && !l.needsListing(ids) {
		l.found(folder)
		l.some(ids)
		return
	}
	l.whole = true
	above := l.nearest
	l.found(folder)
	l.folderAdmits = l.app.self.admitUntil > l.pass.start.Mono
	switch err := l.all(g); {
	case mobileapps.IsAbsent(err): // removed since it was opened
		l.folder, l.nearest = nil, above
		l.folderGone()
	case err != nil:
		l.folderUnreadable(err)
	default:
		l.t.foundApp = true
		l.markFolderSettled()
		l.absentees()
	}
}

// found prepares the scan of a folder that could be opened.
func (l *folderScan) found(folder mobileapps.Folder) {
	l.folder, l.nearest = folder, folder.Signature()
	l.rereads = l.pass.rereads(l.app.on)
}

// needsListing reports whether looks at single files may miss that one of them
// exists again.
func (l *folderScan) needsListing(ids map[string]struct{}) bool {
	if !l.app.on.Caches {
		return false
	}
	for id := range ids {
		if f := l.app.files.byID[id]; f != nil && f.state != nil && (f.state.inMotion() || f.state.isHeld()) {
			return true
		}
	}
	return false
}

// all looks at all files of the folder. If the listing fails, what was found before
// that counts.
func (l *folderScan) all(g *errgroup.Group) error {
	l.listed = true
	defer l.working.Wait()
	links := 0
	for last := false; !last && l.sound() == nil; {
		s := l.pass.newStep()
		if err := mobileapps.List(l.folder, s.batch); err != nil {
			l.pass.doneWith(s)
			return err
		}
		last = s.batch.Last()
		links += s.batch.Links()
		l.take(s)
		l.working.Add(1)
		work := func() error {
			defer l.working.Done()
			l.do(s)
			l.pass.doneWith(s)
			return nil
		}
		if !g.TryGo(work) { // all workers have something to do
			_ = work()
		}
	}
	l.working.Wait()
	l.setLinked(links > 0 && l.seen == 0)
	return l.sound()
}

// sound returns the fault that was found in the folder, nil for none so far.
func (l *folderScan) sound() error {
	l.app.mu.Lock()
	defer l.app.mu.Unlock()
	return l.fault
}

// some looks at some files of the folder.
func (l *folderScan) some(ids map[string]struct{}) {
	s := l.pass.newStep()
	for id := range ids {
		s.batch.Add(id)
	}
	l.take(s)
	l.do(s)
	l.pass.doneWith(s)
	if l.fault != nil {
		l.folderUnreadable(l.fault)
		return
	}
	l.t.foundApp = true
}

// newStep returns an empty step.
func (p *pass) newStep() *step {
	if s, ok := p.steps.Get().(*step); ok {
		return s
	}
	return &step{batch: &mobileapps.Batch{}}
}

// largeStep is more files than a step of a listing has.
const largeStep = 4096

// doneWith keeps a step to be used again, unless it has grown to what is rarely
// needed.
func (p *pass) doneWith(s *step) {
	if s.batch.Len() > largeStep {
		return
	}
	s.reset()
	p.steps.Put(s)
}

// folderGone handles a folder that disappeared after it was listed. At start-up its
// files could not be judged.
func (l *folderScan) folderGone() {
	if l.pass.startup {
		l.app.self.admitUntil = forever
	}
	l.folderAbsent()
}

// folderAbsent handles a folder that does not exist: neither do its files.
func (l *folderScan) folderAbsent() {
	l.whole = true
	l.setLinked(false)
	l.pass.cfg.Watches.Forget(l.app.name)
	if l.lostMount() {
		l.folderUnreadable(session.ErrOtherMount)
		return
	}
	self, now := l.app.self, l.pass.cfg.Clock().Mono
	atStake := self.admitUntil > now
	if atStake && !l.inMotion(self).sawAbsent(l.nearest, l.settle(), l.pass.start.Mono, now) {
		l.setActiveError(self, nil)
		l.t.unsettled = append(l.t.unsettled, self.unsettled())
		l.t.missing = append(l.t.missing, self.key)
	} else {
		l.markFolderSettled()
	}
	l.absentees()
}

// folderUnreadable handles a folder that cannot be listed. It is reported in place
// of its files, none of which can be judged.
func (l *folderScan) folderUnreadable(err error) {
	l.t.foundApp = true
	l.candidates = nil
	l.t.cover()
	self := l.app.self
	l.settled(self, foundCovered)
	l.unreadable(self, err)
	l.clearAllPending(self)
	l.t.unsettled = append(l.t.unsettled, self.unsettled())
	if l.pass.startup {
		self.admitUntil = forever
	}
}

// markFolderSettled ends what was wrong with the folder as a whole.
func (l *folderScan) markFolderSettled() {
	l.settled(l.app.self, foundNothing)
	l.markSettled(l.app.self)
}

// settled notes, for the answers that wait, that a key is no longer in motion.
func (l *folderScan) settled(m *keyState, what result) {
	if m.inMotion() {
		l.t.settled = append(l.t.settled, settled{m.key, what})
	}
}

// clearAllPending ends the pending state of every key of the folder but one: the
// folder, or the root, is pending in their place, and it is no longer known why
// they could not be read. Looks before and after the gap must not count as two that
// agree.
func (l *folderScan) clearAllPending(but *keyState) {
	for m := range l.app.waiting {
		if m == but {
			continue
		}
		l.settled(m, foundCovered)
		l.clearPending(m)
		l.setActiveError(m, m.problem)
		m.answered()
	}
}
