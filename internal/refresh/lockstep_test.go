package refresh_test

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"slices"
	"syscall"
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
	tree   *tree
	clock  *clock
	follow bool

	startup bool              // until a pass finds an app folder
	root    any               // how the last pass found it
	device  map[string]uint64 // of the root and of folders
	keys    map[session.Key]*known

	// The pass that is going on, or was the last.
	req         refresh.Request
	now         refresh.Instant
	nearest     mobileapps.Signature // of the nearest folder that exists
	folderRight bool
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

func (m *lockstep) pass(req refresh.Request) {
	m.req, m.now, m.foundApp = req, m.clock.read(), false
	m.counts, m.changes, m.errors = session.Counts{}, map[session.Key]session.Change{}, map[session.Key]string{}
	apps := map[string]bool{}
	for _, key := range req.Keys {
		apps[key.App()] = true
	}

	root, err := m.tree.Open()
	near, _ := m.tree.Nearest(mobileapps.Place{})
	m.nearest = near.Signature
	state := any(errors.Is(err, fs.ErrNotExist))
	if err == nil {
		m.nearest = root.Signature()
		state = [2]uint64{m.nearest.Dev, m.nearest.Ino}
		err = m.otherDevice("", m.nearest)
	}
	whole := m.asks(session.RootKey) || m.startup || m.root != state
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
		m.cannotJudge(session.RootKey, err)
		return
	}
	m.judged(m.at(session.RootKey), "")
	for key := range m.keys {
		apps[key.App()] = apps[key.App()] || whole
	}
	for app, look := range apps {
		if look && app != "" {
			m.folder(root, app, whole)
		}
	}
	m.startup = m.startup && !m.foundApp
}

func (m *lockstep) folder(root mobileapps.Root, app string, whole bool) {
	key := session.FolderKey(app)
	self := m.at(key)
	whole = whole || m.asks(key) || self.reason != ""

	var folder mobileapps.Folder
	err := fs.ErrNotExist
	if root != nil {
		folder, err = root.Open(app)
	}
	look := map[session.Key]bool{}
	if err == nil {
		err = m.otherDevice(app, folder.Signature())
	}
	if err == nil && whole {
		var ids []string
		ids, err = listed(folder.Next)
		for _, id := range ids {
			look[session.NewKey(app, id)] = true
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
	for key := range m.keys {
		if key.App() == app && key.IsFile() {
			look[key] = look[key] || whole
		}
	}
	for _, key := range m.req.Keys {
		if key.App() == app && key.IsFile() {
			look[key] = true
		}
	}
	for key, asked := range look {
		if asked {
			m.file(folder, key)
		}
	}
}

// file is the table of section 3.
func (m *lockstep) file(folder mobileapps.Folder, key session.Key) {
	f := m.at(key)
	var c mobileapps.Content
	err := fs.ErrNotExist
	if folder != nil {
		c, err = folder.Read(key.ID())
	}
	absent := errors.Is(err, fs.ErrNotExist)
	if !absent {
		m.counts.Checked++
	}
	opens := m.req.Admit && (m.asks(session.RootKey) || m.asks(session.FolderKey(key.App())) || m.asks(key))
	admits := m.follow || m.startup || m.folderRight || opens || f.right > m.now.Mono
	data := string(c.Data)

	switch {
	case absent && (f.memory == nil && f.right <= m.now.Mono || m.agree(f, "absent", m.nearest)):
		if f.memory != nil {
			m.remove(f, key, session.RemovedDeleted)
		}
		m.judged(f, "")
		f.idle, f.rejected = false, nil
	case absent:
		m.unsettled(f, session.ReasonInMotion, "")
	case err != nil:
		m.unsettled(f, session.ReasonUnreadable, session.NewFileProblem(key, err).String())
		m.errors[key] = f.fault
	case !c.Stable:
		f.looks.what = ""
		m.unsettled(f, session.ReasonInMotion, "")
	case isValid(data):
		switch {
		case f.memory != nil && *f.memory == data:
			m.counts.Unchanged++
		case f.memory != nil:
			m.counts.Updated++
			m.changes[key] = session.Change{Session: key, Action: session.ActionUpdated}
			f.memory = &data
		case admits:
			m.counts.Admitted++
			m.changes[key] = session.Change{Session: key, Action: session.ActionAdmitted}
			f.memory = &data
		default:
			m.counts.NotInMemory++
		}
		m.judged(f, "")
		f.idle, f.rejected = f.memory == nil, nil
	case f.rejected != nil && *f.rejected == c.Signature || m.agree(f, "invalid", c.Signature):
		m.counts.Rejected++
		if f.memory != nil {
			m.remove(f, key, session.RemovedInvalid)
		}
		_, problem := judge{}.Judge(key.Place(), c.Data)
		m.judged(f, problem.String())
		m.errors[key] = f.problem
		f.idle, f.rejected = false, &c.Signature
	default:
		m.unsettled(f, session.ReasonInMotion, "")
	}

	// A right to be admitted is kept by what cannot be judged while it could be
	// admitted: from start-up for good, from a request while it is answered.
	switch {
	case f.reason == "":
		f.right = 0
	case m.startup || m.folderRight:
		f.right = always
	case f.reason == session.ReasonInMotion && opens:
		f.right = max(f.right, m.now.Mono+refresh.AnswerLimit)
	case f.reason == session.ReasonUnreadable && f.right != always:
		f.right = 0
	}
}

// agree takes a look that an invalid or deleted verdict needs two of (section 4).
func (m *lockstep) agree(f *known, what string, sig mobileapps.Signature) bool {
	l, now := &f.looks, m.now.Mono
	if l.what != what || what == "invalid" && l.sig != sig {
		l.what, l.sig, l.first, l.since, l.n = what, sig, now, now, 0
	}
	l.n++
	if l.sig != sig {
		l.sig, l.first = sig, now
	}
	return l.n > 1 && now-l.first >= settle || what == "absent" && l.n >= 8 && now-l.since >= 2*time.Second
}

// cannotJudge keeps everything at and beneath a key: it is one entry that
// stands for all of them.
func (m *lockstep) cannotJudge(key session.Key, err error) {
	for beneath, f := range m.keys {
		if beneath != key && (key == session.RootKey || beneath.App() == key.App()) {
			f.reason, f.fault, f.looks.what = "", "", ""
			if f.right != always {
				f.right = 0
			}
		}
	}
	f := m.at(key)
	m.unsettled(f, session.ReasonUnreadable, session.NewFileProblem(key, err).String())
	m.errors[key] = f.fault
}

func (m *lockstep) unsettled(f *known, reason, fault string) {
	if f.reason != reason {
		f.reason, f.since = reason, m.now.Wall
	}
	if f.fault = fault; fault != "" {
		f.looks.what = ""
	}
}

func (m *lockstep) judged(f *known, problem string) {
	f.reason, f.fault, f.looks.what, f.problem, f.right = "", "", "", problem, 0
}

func (m *lockstep) remove(f *known, key session.Key, reason string) {
	f.memory = nil
	m.counts.Removed++
	m.changes[key] = session.Change{Session: key, Action: session.ActionRemoved, Reason: reason}
}

// otherDevice is an error where sessions in memory came from another device.
func (m *lockstep) otherDevice(path string, sig mobileapps.Signature) error {
	was, known := m.device[path]
	for key, f := range m.keys {
		if known && was != sig.Dev && f.memory != nil && (path == "" || key.App() == path) {
			return syscall.EXDEV
		}
	}
	m.device[path] = sig.Dev
	return nil
}

func (m *lockstep) asks(key session.Key) bool {
	if slices.Contains(m.req.Keys, key) {
		return true
	}
	return m.req.Full && key == session.RootKey
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
