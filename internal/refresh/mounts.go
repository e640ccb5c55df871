package refresh

import (
	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// A tree may have disappeared because its mount did: unmounted at, above or below
// the root, or mounted over. Then nothing can be said about the sessions that came
// from it (refresh contract, section 3). The functions here decide whether a root
// or a folder may be looked at.

// acceptRoot decides whether the folder at the root's path may be looked at. It
// returns EXDEV where that is on another mount than the one the sessions in memory
// came from, and does not hold the same tree.
func (p *pass) acceptRoot(root mobileapps.Root) error {
	switch {
	case root.Mount() == p.place.Mount, p.sessions == 0, p.req.TakeRoot:
		return nil
	case !p.isSameTree(root, p.inOrder()):
		return session.ErrOtherMount
	}
	p.taken = true
	return nil
}

// acceptAbsence decides whether a root that does not exist was removed, or its
// mount was, which is EXDEV.
func (p *pass) acceptAbsence(near mobileapps.Nearest) error {
	switch {
	case p.req.TakeRoot:
		// The looks to come must agree with this one.
		p.place.Mount, p.place.Above = near.Mount, near.Above
	case p.sessions > 0 && (near.Mount != p.place.Mount || near.Above != p.place.Above):
		return session.ErrOtherMount
	}
	return nil
}

// acceptFolder does for an app folder what acceptRoot does for the root: the
// folder may be a mount point. Its mount must be the one that it had in relation
// to the root's.
func (l *folderScan) acceptFolder(root mobileapps.Root, folder mobileapps.Folder) error {
	own := folder.Mount()
	if own == root.Mount() {
		own = mobileapps.Mount{}
	}
	switch {
	case own == l.app.mount, l.app.sessions == 0, l.pass.req.TakeRoot:
	case !l.pass.isSameTree(root, []*app{l.app}):
		return session.ErrOtherMount
	default:
		l.t.taken = true
	}
	l.t.remounted = l.t.remounted || own != l.app.mount
	l.app.mount = own
	return nil
}

// lostMount reports whether an app folder that is not there was a mount point,
// so that its sessions say nothing about files that were deleted.
func (l *folderScan) lostMount() bool {
	if l.pass.req.TakeRoot {
		l.app.mount = mobileapps.Mount{} // the looks to come must agree with this one
	}
	return l.app.mount != mobileapps.Mount{} && l.app.sessions > 0
}

// taking reports whether this pass accepts another mount for the folder: it then
// removes and admits nothing there.
func (l *folderScan) taking() bool { return l.pass.taken || l.t.taken }

// isSameTree reports whether what is beneath a root now is the tree that the
// sessions of some app folders came from: for at least half of the sessions there
// is a valid file, and half of these files have the content that is in memory.
// Names alone say nothing: another server's tree may have the same.
func (p *pass) isSameTree(root mobileapps.Root, apps []*app) bool {
	c := comparison{pass: p}
	for _, a := range apps {
		c.sessions += a.sessions
	}
	for _, a := range apps {
		if a.sessions > 0 && !c.isHopeless() {
			c.compare(root, a)
		}
	}
	return 2*c.valid >= c.sessions && 2*c.same >= c.valid
}

// comparison counts how much of what is in memory is on disk, too.
type comparison struct {
	*pass
	sessions    int // in memory
	seen        int // of these
	valid, same int // files of those that were seen
}

// isHopeless reports whether too few files are valid, whatever the rest is.
func (c *comparison) isHopeless() bool { return 2*(c.seen-c.valid) > c.sessions }

// compareAtOnce is how many files are compared between two looks at the counts.
const compareAtOnce = 256

// compare compares the sessions of one app folder with its files. A file that
// cannot be read counts as missing: the tree is accepted once it can be read.
func (c *comparison) compare(root mobileapps.Root, a *app) {
	folder, err := root.Open(a.name)
	if err != nil {
		c.seen += a.sessions
		return
	}
	defer folder.Close()
	var sessions []*session.Session
	batch := &mobileapps.Batch{}
	for id, f := range a.files.byID {
		if f.session == nil {
			continue
		}
		batch.Add(id)
		sessions = append(sessions, f.session)
		if len(sessions) == compareAtOnce {
			c.read(folder, a, batch, sessions)
			batch, sessions = &mobileapps.Batch{}, nil
			if c.isHopeless() {
				return
			}
		}
	}
	c.read(folder, a, batch, sessions)
}

// read compares some sessions with their files.
func (c *comparison) read(folder mobileapps.Folder, a *app, batch *mobileapps.Batch, sessions []*session.Session) {
	c.seen += len(sessions)
	all := make([]int, len(sessions))
	for i := range all {
		all[i] = i
	}
	mobileapps.Look(folder, batch, all)
	there := all[:0]
	for _, i := range all {
		if batch.Entry(i).Err == nil {
			there = append(there, i)
		}
	}
	mobileapps.Read(folder, batch, there, func(i int, content mobileapps.Content, err error) {
		switch {
		case err != nil || !content.Stable:
		case sessions[i].Digest() == session.DigestOf(content.Data):
			c.valid++
			c.same++
		default:
			key := session.Key{App: a.name, ID: batch.Entry(i).ID()}
			if s, _ := c.cfg.Judge.Judge(key, content.Data); s != nil {
				c.valid++
			}
		}
	})
}
