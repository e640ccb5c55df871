package refresh_test

import (
	"io/fs"
	"maps"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// What [lockstep] knows of mounts and of the brake: section 3 of the refresh contract.

// sessions returns how many sessions are in memory, of an app folder or of all.
func (m *lockstep) sessions(app string) int { return len(m.memory(app)) }

func (m *lockstep) memory(app string) keys {
	memory := keys{}
	for key, f := range m.keys {
		if f.memory != nil && (app == "" || key.App == app) {
			memory[key] = *f.memory
		}
	}
	return memory
}

// acceptRoot is an error where the root is on another mount than the sessions came
// from, and holds another tree.
func (m *lockstep) acceptRoot(root mobileapps.Root) error {
	if root.Mount() == m.place.Mount || m.sessions("") == 0 || m.req.TakeRoot {
		return nil
	}
	if !isSameTree(root, m.memory("")) {
		return session.ErrOtherMount
	}
	m.taken, m.tookAny = true, true
	return nil
}

func (m *lockstep) acceptAbsence() (mobileapps.Nearest, error) {
	near, err := m.tree.Nearest(m.place)
	switch {
	case err != nil:
	case m.req.TakeRoot:
		m.place.Mount, m.place.Above = near.Mount, near.Above
	case m.sessions("") > 0 && (near.Mount != m.place.Mount || near.Above != m.place.Above):
		err = session.ErrOtherMount
	}
	return near, err
}

func (m *lockstep) acceptFolder(root mobileapps.Root, folder mobileapps.Folder, app string) (taken bool, err error) {
	own := folder.Mount()
	if own == root.Mount() {
		own = mobileapps.Mount{}
	}
	if own != m.mounts[app] && m.sessions(app) > 0 && !m.req.TakeRoot {
		if !isSameTree(root, m.memory(app)) {
			return false, session.ErrOtherMount
		}
		taken = true
	}
	m.mounts[app] = own
	return taken, nil
}

func (m *lockstep) acceptFolderAbsence(app string) error {
	if m.mounts[app] != (mobileapps.Mount{}) && m.sessions(app) > 0 && !m.req.TakeRoot {
		return session.ErrOtherMount
	}
	delete(m.mounts, app)
	return fs.ErrNotExist
}

// isSameTree reports whether a root holds the tree that sessions came from: for at
// least half of them a valid file, half of these with the content in memory.
func isSameTree(root mobileapps.Root, memory keys) bool {
	valid, same := 0, 0
	folders := map[string]mobileapps.Folder{}
	for key, has := range memory {
		folder, known := folders[key.App]
		if !known {
			folder, _ = root.Open(key.App)
			folders[key.App] = folder
		}
		if folder == nil {
			continue
		}
		c, err := folder.Read(key.ID)
		if data := string(c.Data); err == nil && c.Stable && isValid(data) {
			valid++
			if data == has {
				same++
			}
		}
	}
	return 2*valid >= len(memory) && 2*same >= valid
}

// lockstepBrake holds back removals that nobody asked for, where they are many.
type lockstepBrake struct {
	window   []lockstepRemovals
	cameBack time.Duration
}

type lockstepRemovals struct {
	at       time.Duration
	sessions int // before
	removals int
}

// candidate is a removal that the looks agree on; it has the content of what is invalid.
type candidate struct {
	*known
	key     session.Key
	invalid *mobileapps.Content
}

// remove takes a file about which the looks agree: without a session, or where
// somebody asked, that counts at once.
func (m *lockstep) remove(f *known, key session.Key, c candidate) {
	if f.memory == nil || f.marked {
		c.commit(m)
		return
	}
	m.candidates = append(m.candidates, c)
}

func (c *candidate) commit(m *lockstep) {
	if c.invalid != nil {
		m.reject(c.known, c.key, c.invalid)
	} else {
		m.gone(c.known, c.key)
	}
}

// decide decides about the candidates of a pass.
func (b *lockstepBrake) decide(m *lockstep, before int) {
	now := m.now.Mono
	for len(b.window) > 0 && b.window[0].at < now-m.settleMany {
		b.window = b.window[1:]
	}
	sum, sessions := 0, before
	for i, w := range b.window {
		sum += w.removals
		if i == 0 {
			sessions = w.sessions
		}
	}
	for _, f := range m.keys {
		switch {
		case f.reason == session.ReasonManyGone:
			sum++
		case f.reason == session.ReasonInMotion && f.looks.what != "" && f.memory != nil && !f.marked:
			sum++ // the looks do not agree yet
		}
	}
	many := m.settleMany > 0 && sum > 20 && 5*sum > sessions
	unasked, sawHeld := 0, true
	for key, f := range m.keys {
		sawHeld = sawHeld && (f.reason != session.ReasonManyGone || m.whole[key.App])
	}
	for _, c := range m.candidates {
		held := c.reason == session.ReasonManyGone
		switch {
		case held && sawHeld && (now >= max(c.heldSince, b.cameBack)+m.settleMany || now >= c.heldSince+10*m.settleMany), !held && !many:
			c.commit(m)
			unasked++
		case !held:
			m.unsettled(c.known, session.ReasonManyGone, "")
			c.heldSince = now
		}
		if c.reason == "" {
			c.right = 0
		}
	}
	if m.settleMany == 0 || unasked == 0 && before == m.sessions("") {
		return
	}
	// What was removed shortly after another pass counts with that.
	if n := len(b.window); n > 0 && now-b.window[n-1].at < m.settleMany/100 {
		b.window[n-1].removals += unasked
		return
	}
	b.window = append(b.window, lockstepRemovals{now, before, unasked})
}

// heldKeys returns the keys that are held back.
func heldKeys(waiting keys) keys {
	held := maps.Clone(waiting)
	maps.DeleteFunc(held, func(_ session.Key, reason string) bool { return reason != session.ReasonManyGone })
	return held
}
