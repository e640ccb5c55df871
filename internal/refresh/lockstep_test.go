package refresh_test

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"slices"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// lockstep goes along with a memory pass by pass: it knows what must be settled,
// kept and reported at every moment, where [model] knows only what comes of it
// at rest. It reads every file at every look, and time stands still while it
// does.
type lockstep struct {
	tree       *tree
	clock      *clock
	follow     bool
	settleMany time.Duration

	startup bool // until a pass finds an app folder
	root    any  // how the last pass found it
	keys    map[session.Key]*known

	place      mobileapps.Place            // of the root
	mounts     map[string]mobileapps.Mount // of app folders, where it is not the root's
	followFrom time.Duration
	brake      lockstepBrake
	removed    map[session.Key]time.Time

	// The pass that is going on, or was the last.
	req         refresh.Request
	now         refresh.Instant
	nearest     mobileapps.Signature // of the nearest folder that exists
	taken       bool                 // the root is on another mount, and the same tree
	taking      bool                 // or the folder is
	tookAny     bool
	folderRight bool
	holding     bool // the folder has keys that are held
	candidates  []candidate
	whole       map[string]bool // folders of which the pass looks at all files
	foundApp    bool
	counts      session.Counts
	changes     map[session.Key]session.Change
	errors      map[session.Key]string
}

// known is what is known about a file, a folder or the root.
type known struct {
	memory   *string               // the session's content
	idle     bool                  // valid, and not in memory
	problem  string                // why it was rejected
	rejected *mobileapps.Signature // what was rejected
	right    time.Duration         // until when it may be admitted

	there     bool // at the last look
	marked    bool // somebody who asked was shown that it is bad
	heldSince time.Duration

	reason string // why it is unsettled, and since when
	since  time.Time
	fault  string // of the operating system
	looks  struct {
		what         string
		sig          mobileapps.Signature
		first, since time.Duration
		n            int
	}
}

const always = time.Duration(math.MaxInt64)

func newLockstep(tree *tree, clock *clock, cfg refresh.Config) *lockstep {
	return &lockstep{
		tree: tree, clock: clock, follow: cfg.Follow, settleMany: cfg.SettleMany, startup: true,
		mounts: map[string]mobileapps.Mount{}, keys: map[session.Key]*known{}, removed: map[session.Key]time.Time{},
	}
}

func (m *lockstep) pass(req refresh.Request) {
	if !req.RemovedSince.IsZero() {
		for key, at := range m.removed {
			if !at.Before(req.RemovedSince) {
				req.Keys = append(slices.Clone(req.Keys), key)
			}
		}
	}
	m.req, m.now, m.foundApp = req, m.clock.read(), false
	m.taken, m.tookAny, m.candidates, m.whole = false, false, nil, map[string]bool{}
	m.counts, m.changes, m.errors = session.Counts{}, map[session.Key]session.Change{}, map[session.Key]string{}
	before := m.sessions("")
	m.look()
	m.brake.decide(m, before)
	m.startup = m.startup && !m.foundApp
	for key, c := range m.changes {
		delete(m.removed, key)
		if c.Action == session.ActionRemoved {
			m.removed[key] = m.now.Wall
		}
	}
	if m.tookAny {
		m.followFrom = m.now.Mono + m.settleMany
	}
}

func (m *lockstep) look() {
	apps := map[string]bool{}
	for _, key := range m.req.Keys {
		apps[key.App] = true
	}
	root, err := m.tree.Open()
	absent := errors.Is(err, fs.ErrNotExist)
	state := any(absent)
	switch {
	case absent:
		var near mobileapps.Nearest
		if near, err = m.acceptAbsence(); err == nil {
			err = fs.ErrNotExist
		}
		m.nearest = near.Signature
	case err == nil:
		m.nearest = root.Signature()
		state = [4]uint64{m.nearest.Dev, m.nearest.Ino, root.Mount().ID, root.Mount().Device}
		err = m.acceptRoot(root)
	}
	whole := m.asks(session.Key{}) || m.startup || m.root != state
	if err == nil && (whole || m.place == mobileapps.Place{}) {
		m.place, err = root.Place()
	}
	if err == nil && whole {
		var names []string
		names, err = listed(root.Next)
		for _, app := range names {
			apps[app] = true
		}
	}
	m.root = state
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		m.root = nil
		m.cannotJudge(session.Key{}, err)
		return
	}
	m.judged(m.at(session.Key{}), "")
	for key := range m.keys {
		apps[key.App] = apps[key.App] || whole
	}
	for app, look := range apps {
		if look && app != "" {
			m.folder(root, app, whole)
		}
	}
}

func (m *lockstep) folder(root mobileapps.Root, app string, whole bool) {
	key := session.Key{App: app}
	self := m.at(key)
	whole = whole || m.asks(key) || self.reason != ""

	var folder mobileapps.Folder
	err := fs.ErrNotExist
	if root != nil {
		folder, err = root.Open(app)
	}
	look := map[session.Key]bool{}
	m.taking = m.taken
	switch {
	case err == nil:
		var taken bool
		taken, err = m.acceptFolder(root, folder, app)
		m.taking, m.tookAny, whole = m.taking || taken, m.tookAny || taken, whole || taken
	case errors.Is(err, fs.ErrNotExist):
		err = m.acceptFolderAbsence(app)
	}
	if err == nil && whole {
		var ids []string
		ids, err = listed(folder.Next)
		for _, id := range ids {
			look[session.Key{App: app, ID: id}] = true
		}
	}
	m.folderRight = false
	nearest := m.nearest
	defer func() { m.nearest = nearest }()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		whole, folder = true, nil
		if self.right > m.now.Mono && !m.agree(self, "absent", m.nearest) {
			m.unsettled(self, session.ReasonInMotion, "")
		} else {
			m.judged(self, "")
		}
	case err != nil:
		m.foundApp = true
		if m.startup {
			self.right = always
		}
		m.cannotJudge(key, err)
		return
	default:
		m.foundApp = true
		m.folderRight = self.right > m.now.Mono
		m.nearest = folder.Signature()
		m.judged(self, "")
	}
	m.whole[app] = whole
	m.holding = false
	for key, f := range m.keys {
		if key.App == app && key.IsFile() {
			look[key] = look[key] || whole
			m.holding = m.holding || f.reason == session.ReasonManyGone
		}
	}
	for _, key := range m.req.Keys {
		if key.App == app && key.IsFile() {
			look[key] = true
		}
	}
	for key, asked := range look {
		if asked {
			m.file(folder, key)
		}
	}
}

func (m *lockstep) asks(key session.Key) bool {
	if slices.Contains(m.req.Keys, key) {
		return true
	}
	return m.req.Full && key.IsRoot()
}

// asksFor reports whether the pass was asked for a file, by its name or with others.
func (m *lockstep) asksFor(key session.Key) bool {
	return m.asks(session.Key{}) || m.asks(session.Key{App: key.App}) || m.asks(key)
}

func (m *lockstep) at(key session.Key) *known {
	if m.keys[key] == nil {
		m.keys[key] = &known{}
	}
	return m.keys[key]
}

func listed[T any](next func(int) ([]T, error)) (all []T, err error) {
	for {
		batch, err := next(2)
		all = append(all, batch...)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
