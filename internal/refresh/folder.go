package refresh

import (
	"errors"
	"io"
	"io/fs"
	"syscall"

	"sessiond/internal/mobileapps"
)

// folderIn looks at the app folder in an open root: at some of its files, or at
// all of them.
func (l *looker) folderIn(root mobileapps.Root, ids map[string]struct{}) {
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

	sig := folder.Signature()
	if l.app.dev != 0 && l.app.dev != sig.Dev && l.app.sessions > 0 {
		// What holds for the root holds for a folder that is a mount point.
		l.folderUnreadable(syscall.EXDEV)
		return
	}
	l.app.dev = sig.Dev
	if ids != nil && l.app.self.wait == nil {
		l.found(folder)
		l.some(ids)
		return
	}
	files, err := listFiles(folder)
	switch {
	case mobileapps.IsAbsent(err): // removed since it was opened
		l.folderGone()
		return
	case err != nil:
		l.folderUnreadable(err)
		return
	}
	l.found(folder)
	l.folderRight = l.app.self.rightUntil > l.pass.start.Mono
	l.restFolder()
	l.all(files)
}

// found takes a folder that can be looked into.
func (l *looker) found(folder mobileapps.Folder) {
	l.t.foundApp = true
	l.folder, l.nearest = folder, folder.Signature()
}

// listFiles returns the session files of an app folder.
func listFiles(folder mobileapps.Folder) ([]mobileapps.File, error) {
	var files []mobileapps.File
	for {
		batch, err := folder.Next(listBatch)
		files = append(files, batch...)
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// all looks at all files of the folder, and at what is remembered but not there.
func (l *looker) all(files []mobileapps.File) {
	for i := range files {
		f := l.app.file(files[i].ID)
		if f.seen == l.pass.passes {
			continue // recreated while the folder was listed, and listed again
		}
		f.seen = l.pass.passes
		l.file(f, files[i].Signature, nil)
	}
	for _, f := range l.app.files {
		if f.seen != l.pass.passes {
			l.file(f, mobileapps.Signature{}, fs.ErrNotExist)
		}
	}
}

// some looks at some files of the folder.
func (l *looker) some(ids map[string]struct{}) {
	for id := range ids {
		sig, err := l.folder.Stat(id)
		l.file(l.app.file(id), sig, err)
	}
}

// folderGone takes a folder that is not there any more. At start-up it was there
// a moment ago, so its files could not be judged.
func (l *looker) folderGone() {
	if l.pass.startup {
		l.app.self.rightUntil = forever
	}
	l.folderAbsent()
}

// folderAbsent takes a folder that is not there: neither are its files.
func (l *looker) folderAbsent() {
	l.pass.cfg.Watches.Forget(l.app.name)
	self, now := l.app.self, l.pass.cfg.Clock().Mono
	atStake := self.rightUntil > now
	if atStake && !l.inMotion(self).sawAbsent(l.nearest, l.pass.cfg.Settle, l.pass.start.Mono, now) {
		l.setStanding(self, nil)
		l.t.unsettled = append(l.t.unsettled, self.unsettled())
		l.t.missing = append(l.t.missing, self.key)
	} else {
		l.restFolder()
	}
	for _, f := range l.app.files {
		l.file(f, mobileapps.Signature{}, fs.ErrNotExist)
	}
}

// folderUnreadable takes a folder that cannot be listed: it stands for all its
// files, about which nothing can be said.
func (l *looker) folderUnreadable(err error) {
	l.t.foundApp = true
	self := l.app.self
	l.settled(self, foundCovered)
	l.unreadable(self, err)
	l.stopAllWaiting(self)
	l.t.unsettled = append(l.t.unsettled, self.unsettled())
	if l.pass.startup {
		self.rightUntil = forever
	}
}

// restFolder ends what was wrong with the folder as a whole.
func (l *looker) restFolder() {
	l.settled(l.app.self, foundNothing)
	l.rest(l.app.self)
}

// settled tells answers of a key that is in motion and will not be any more.
func (l *looker) settled(f *file, what finding) {
	if f.inMotion() {
		l.t.settled = append(l.t.settled, settled{f.key, what})
	}
}

// stopAllWaiting ends the waiting of every key of the folder but one: the
// folder, or the root, waits in their place, and why they could not be read is
// not known any more. Looks before and after the gap must not count as two that
// agree.
func (l *looker) stopAllWaiting(but *file) {
	for f := range l.app.waiting {
		if f == but {
			continue
		}
		l.settled(f, foundCovered)
		l.stopWaiting(f)
		l.setStanding(f, f.problem)
		f.answered()
	}
}
