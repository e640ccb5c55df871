package refresh

import (
	"errors"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// Request asks for a pass.
type Request struct {
	Trigger session.Trigger
	// Full asks for a look at everything.
	Full bool
	// Keys are what to look at otherwise: files, or whole folders by their
	// [session.Key.Folder]. The zero key among them is everything.
	Keys []session.Key
	// Admit turns admission on.
	Admit bool
	// Deleted are those of the keys whose files the daemon has deleted itself: an absence
	// that is certain counts without a second look.
	Deleted []session.Key
	// RemovedSince asks for a look at every key whose session was removed at this
	// time or later, too; zero asks for none.
	RemovedSince time.Time
	// TakeRoot takes what is mounted at the root and at app folders now for the
	// tree, whatever it holds.
	TakeRoot bool
	// Braked is true where somebody asked who may not have many sessions removed: what
	// the pass finds is held back as if nobody had asked.
	Braked bool
}

// asked reports whether a person, or a program on behalf of one, asked for the
// pass: removals that it finds count, however many they are.
func (r Request) asked() bool {
	if r.Braked {
		return false
	}
	switch r.Trigger {
	case session.TriggerStartup, session.TriggerSocket, session.TriggerSignal, session.TriggerOpen, session.TriggerEdit:
		return true
	case session.TriggerWatch, session.TriggerPoll, session.TriggerResync, session.TriggerRetry:
	}
	return false
}

// full reports whether the request is about the whole tree.
func (r Request) full() bool { return r.Full || slices.Contains(r.Keys, session.Key{}) }

// names reports whether the request is about a file. The pass may have to look at
// more files than that.
func (r Request) names(key session.Key) bool {
	return r.full() || slices.Contains(r.Keys, key.Folder()) || slices.Contains(r.Keys, key)
}

// opened returns what the request admits.
func (r Request) opened() map[session.Key]bool {
	switch {
	case !r.Admit:
		return nil
	case r.full():
		return map[session.Key]bool{{}: true}
	}
	keys := make(map[session.Key]bool, len(r.Keys))
	for _, key := range r.Keys {
		keys[key] = true
	}
	return keys
}

// pass is one pass at work.
type pass struct {
	*Memory
	req     Request
	start   Instant
	startup bool // this pass is, or would be, the start-up pass
	admit   bool // whatever is valid
	// opened is what the request admits by name. The pass may have to look at
	// more than that.
	opened map[session.Key]bool
	// taken is true where the root is on another mount than at the last pass, and
	// the pass accepts it as the same tree.
	taken bool
	quiet sync.Mutex // for what workers merge
	// unasked counts the removals that took effect although nobody asked for them.
	unasked int
}

// Pass looks at what the request names, and decides. It looks at everything where
// it finds another root than the last pass did, and as long as no app folder was
// ever found.
func (m *Memory) Pass(req Request) Result {
	start := m.cfg.Clock()
	m.noticeClock(start)
	m.passes++
	var reopened []session.Key
	if !req.RemovedSince.IsZero() {
		reopened = m.removed.since(req.RemovedSince)
		req.Keys = append(slices.Clone(req.Keys), reopened...)
	}
	p := &pass{
		Memory:  m,
		req:     req,
		start:   start,
		startup: m.startup,
		admit:   m.cfg.Follow && start.Mono >= m.followFrom || m.startup,
		opened:  req.opened(),
	}
	t := &passResult{}
	scope := p.look(t)

	m.startup = m.startup && !t.foundApp
	m.brake.note(start.Mono, m.sessions, p.unasked, t.sessions != 0)
	m.brake.held += t.held
	m.removed.note(t.changes, start.Wall, m.sessions)
	m.sessions += t.sessions
	m.notInMemory += t.notInMemory
	if p.taken || t.taken {
		// What the mount has in addition is admitted once it has proved to stay.
		m.followFrom, m.followDue = start.Mono+m.brake.quiet, m.cfg.Follow
	} else if scope == session.ScopeFull && start.Mono >= m.followFrom {
		m.followDue = false
		m.removed.prune(start.Wall)
	}
	result := t.result(session.Report{
		Pass:       m.passes,
		Trigger:    req.Trigger,
		Scope:      scope,
		StartedAt:  start.Wall,
		DurationMs: float64(m.cfg.Clock().Mono-start.Mono) / float64(time.Millisecond),
	})
	result.NotInMemory = m.notInMemory
	result.reopened = reopened
	if scope == session.ScopeFull {
		m.slow = m.slowest()
	} else {
		m.slow = slower(m.slow, t.slow)
	}
	if scope == session.ScopeFull || t.remounted {
		m.mounts = m.mountPoints()
	}
	if scope == session.ScopeFull || t.linked {
		m.linked = m.findLinked()
	}
	return result
}

// look opens the root and scans what is below, as far as the root can be read.
func (p *pass) look(t *passResult) session.Scope {
	p.cfg.Watches.Renew("")
	root, err := p.cfg.Tree.Open()
	switch {
	case mobileapps.IsAbsent(err):
		return p.lookWithoutRoot(t)
	case err != nil:
		return p.rootUnreadable(err, t)
	}
	defer root.Close()

	if err := p.acceptRoot(root); err != nil {
		return p.rootUnreadable(err, t)
	}
	sig := root.Signature()
	full := p.noticeRoot(rootIdentity{presence: rootPresent, dev: sig.Dev, ino: sig.Ino, mount: root.Mount()})
	if full || p.place == (mobileapps.Place{}) {
		var place mobileapps.Place
		if place, err = root.Place(); err == nil {
			p.place = place
		}
	}
	var names []string
	if err == nil && full {
		names, err = listApps(root)
		p.linkedRoot = err == nil && len(names) == 0 && countLinks(root) > 0
	}
	switch {
	case mobileapps.IsAbsent(err): // removed since it was opened
		return p.lookWithoutRoot(t)
	case err != nil:
		return p.rootUnreadable(err, t)
	case !full:
		p.scanKeys(root, sig, t)
		return session.ScopeFiles
	}
	p.markRootSettled(t)
	p.scanApps(root, sig, names, t)
	return session.ScopeFull
}

// noticeRoot remembers how the root was found. It reports whether that, or the
// request, requires a look at everything.
func (p *pass) noticeRoot(now rootIdentity) (full bool) {
	another := p.root != now && p.root.presence != rootNever
	p.root = now
	return another || p.req.full() || p.startup || p.taken
}

// number returns the last 32 bits of the pass's number.
func (p *pass) number() uint32 { return uint32(p.passes) } //nolint:gosec // as it says

// markRootSettled ends what was wrong with the root as a whole.
func (p *pass) markRootSettled(t *passResult) {
	l := &folderScan{pass: p, t: t}
	l.markSettled(p.self)
	p.track(l)
}

// rootUnreadable handles a root that cannot be judged, and so neither can anything
// below it.
func (p *pass) rootUnreadable(err error, t *passResult) session.Scope {
	l := &folderScan{pass: p, t: t}
	l.unreadable(p.self, err)
	t.unsettled = append(t.unsettled, p.self.unsettled())
	p.track(l)
	for _, a := range p.inOrder() {
		l := &folderScan{pass: p, app: a, t: &passResult{}}
		l.clearAllPending(nil)
		l.t.sort()
		t.merge(l.t)
		p.track(l)
	}
	p.root = rootIdentity{presence: rootUnknown}
	return session.ScopeFull
}

// lookWithoutRoot handles a root that does not exist: everything below it is
// absent.
func (p *pass) lookWithoutRoot(t *passResult) session.Scope {
	p.linkedRoot = false
	near, err := p.cfg.Tree.Nearest(p.place)
	if err == nil {
		err = p.acceptAbsence(near)
	}
	if err != nil {
		return p.rootUnreadable(err, t)
	}
	p.markRootSettled(t)
	full := p.noticeRoot(rootIdentity{presence: rootMissing})
	apps, scope := p.inOrder(), session.ScopeFull
	if !full {
		asked := make(map[string]bool, len(p.req.Keys))
		for _, key := range p.req.Keys {
			asked[key.App] = true
		}
		apps = slices.DeleteFunc(apps, func(a *app) bool { return !asked[a.name] })
		scope = session.ScopeFiles
	}
	scans := make([]*folderScan, len(apps))
	for i, a := range apps {
		scans[i] = p.newScan(a, near.Signature)
		scans[i].folderAbsent()
		scans[i].t.sort()
	}
	p.gather(scans, t)
	return scope
}

// inOrder returns the app folders that are remembered, in the order of the keys
// in them.
func (p *pass) inOrder() []*app {
	return slices.SortedFunc(maps.Values(p.apps), func(a, b *app) int { return a.self.key.Compare(b.self.key) })
}

// listApps returns the names of the app folders.
func listApps(root mobileapps.Root) ([]string, error) {
	var names []string
	for {
		batch, err := root.Next(listBatch)
		names = append(names, batch...)
		if errors.Is(err, io.EOF) {
			return names, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// countLinks returns how many links a listing of the root passed over.
func countLinks(root mobileapps.Root) int {
	if counter, can := root.(mobileapps.LinkCounter); can {
		return counter.Links()
	}
	return 0
}

// listBatch is how many entries of the root are asked for at a time. One call to
// the tree is what may hang, so it must not take long on a slow network share.
const listBatch = 128

// scanApps looks at the app folders that are there and at those that are
// remembered.
func (p *pass) scanApps(root mobileapps.Root, sig mobileapps.Signature, names []string, t *passResult) {
	for _, name := range names {
		p.app(name)
	}
	jobs := make([]job, 0, len(p.apps))
	for _, a := range p.inOrder() {
		jobs = append(jobs, job{app: a})
	}
	p.do(root, sig, jobs, t)
}

// scanKeys looks at the keys of the request.
func (p *pass) scanKeys(root mobileapps.Root, sig mobileapps.Signature, t *passResult) {
	byApp := make(map[string]*job, 1)
	for _, key := range p.req.Keys {
		j := byApp[key.App]
		if j == nil {
			j = &job{app: p.app(key.App), ids: make(map[string]struct{}, 1)}
			byApp[key.App] = j
		}
		switch {
		case !key.IsFile():
			j.ids = nil
		case j.ids != nil:
			j.ids[key.ID] = struct{}{}
		}
	}
	jobs := make([]job, 0, len(byApp))
	for _, j := range byApp {
		jobs = append(jobs, *j)
	}
	slices.SortFunc(jobs, func(a, b job) int { return a.app.self.key.Compare(b.app.self.key) })
	p.do(root, sig, jobs, t)
}
