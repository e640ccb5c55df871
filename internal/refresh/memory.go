package refresh

import (
	"math"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// Judge says whether the bytes of a session file are compliant: exactly one of
// its results is not nil. It must be safe for concurrent use.
type Judge interface {
	Judge(key session.Key, data []byte) (*session.Session, *session.Problem)
}

// Watches is told by a pass which folders to watch. Both methods are called from
// several goroutines.
type Watches interface {
	// Renew is called before a folder is listed, so that what changes after
	// the listing gives an event. The root is the empty name.
	Renew(app string)
	// Forget is called for an app folder that is not there.
	Forget(app string)
}

// Config says how passes are to be run.
type Config struct {
	Tree  mobileapps.Tree
	Judge Judge
	// Settle is how far apart two looks must be that agree on an invalid or a
	// deleted file.
	Settle time.Duration
	// Follow turns admission on in every pass.
	Follow bool
	// Watches may be nil: nothing is watched.
	Watches Watches
	// Clock may be nil: it is [SystemClock] then.
	Clock Clock
}

// Memory is what is remembered between passes: for every file that was seen,
// its signature and its verdict, or how far it has settled; and the sessions in
// memory. It is not safe for concurrent use: passes never overlap.
type Memory struct {
	cfg    Config
	passes uint64
	apps   map[string]*app

	// self stands for the root as a whole where it cannot be judged.
	self *file
	// root is how the root was found by the last pass.
	root rootState
	// startup is true until the first pass that finds an app folder.
	startup bool

	// lastPass is when the last pass began; clockEpoch counts how often the
	// wall clock was set back between passes.
	lastPass   Instant
	clockEpoch uint32
}

// rootState is how a pass found the root.
type rootState struct {
	presence rootPresence
	dev, ino uint64
}

type rootPresence int

const (
	rootNever   rootPresence = iota // there was no pass yet
	rootUnknown                     // it could not be judged
	rootMissing
	rootPresent
)

// app is what is remembered of an app folder.
type app struct {
	name  string
	files map[string]*file // by session.id
	// self stands for the folder as a whole where it cannot be listed.
	self *file
	// dev is the device of the folder when it was last listed, 0 before.
	dev uint64

	waiting     map[*file]struct{} // the files (and self) that are unsettled
	sessions    int                // in memory
	notInMemory int                // valid files without a session in memory
}

// file is what is remembered of one key.
type file struct {
	key     session.Key
	session *session.Session // in memory; nil where it is not

	// verdict is the last one that counted, reached on a file with this
	// signature; problem is why it was rejected.
	verdict verdict
	problem *session.Problem
	mark    mark

	// standing is the current error about the key as readers see it.
	standing *session.Standing
	// wait is not nil while there is no verdict on what is on disk.
	wait *wait
	// rightUntil is the monotonic time until which the file may be admitted
	// although admission is off; 0 for no such right.
	rightUntil time.Duration
	// seen is the number of the last pass that found the file in a listing.
	seen uint64
}

type verdict uint8

const (
	unjudged verdict = iota
	valid
	invalid
)

// forever is the end of a right that does not lapse.
const forever time.Duration = math.MaxInt64

// New returns an empty memory: the first pass that finds an app folder is the
// start-up pass and admits what is valid.
func New(cfg Config) *Memory {
	if cfg.Clock == nil {
		cfg.Clock = SystemClock()
	}
	if cfg.Watches == nil {
		cfg.Watches = unwatched{}
	}
	return &Memory{
		cfg:     cfg,
		apps:    make(map[string]*app),
		self:    &file{key: session.RootKey},
		startup: true,
	}
}

type unwatched struct{}

func (unwatched) Renew(string)  {}
func (unwatched) Forget(string) {}

// app returns the record of an app folder, a new one where there is none.
func (m *Memory) app(name string) *app {
	a := m.apps[name]
	if a == nil {
		a = &app{
			name:    name,
			files:   make(map[string]*file),
			self:    &file{key: session.FolderKey(name)},
			waiting: make(map[*file]struct{}),
		}
		m.apps[name] = a
	}
	return a
}

// file returns the record of a file, a new one where there is none.
func (a *app) file(id string) *file {
	f := a.files[id]
	if f == nil {
		key := session.NewKey(a.name, id)
		f = &file{key: key}
		a.files[key.ID()] = f // the key's own bytes: a name is kept once
	}
	return f
}

// empty reports whether nothing is left to remember of the folder.
func (a *app) empty() bool {
	return len(a.files) == 0 && len(a.waiting) == 0 && a.self.standing == nil && a.self.rightUntil == 0
}

// loaded returns how many sessions are in memory.
func (m *Memory) loaded() int {
	n := 0
	for _, a := range m.apps {
		n += a.sessions
	}
	return n
}

// InMotion reports whether another look is due because something was in motion.
func (m *Memory) InMotion() bool {
	for f := range m.waiting {
		if f.inMotion() {
			return true
		}
	}
	return false
}

// waiting yields every unsettled key.
func (m *Memory) waiting(yield func(*file) bool) {
	if m.self.wait != nil && !yield(m.self) {
		return
	}
	for _, a := range m.apps {
		for f := range a.waiting {
			if !yield(f) {
				return
			}
		}
	}
}

// NextLook returns how long from now, by the given instant's monotonic clock,
// the next look at something unsettled is due; false where nothing is.
func (m *Memory) NextLook(now Instant) (time.Duration, bool) {
	next, found := forever, false
	for f := range m.waiting {
		next, found = min(next, f.wait.next), true
	}
	return max(0, next-now.Mono), found
}

// Due returns the keys whose next look is due.
func (m *Memory) Due(now Instant) []session.Key {
	var keys []session.Key
	for f := range m.waiting {
		if f.wait.next <= now.Mono {
			keys = append(keys, f.key)
		}
	}
	return keys
}

// Lack is what a whole tree may be without. It is no error, but a person who
// named the wrong root wants to be told.
type Lack int32

// What may be lacking.
const (
	LacksNothing Lack = iota
	LacksRoot         // the last pass found no root
	LacksApps         // no pass has found an app folder yet
)

// Lack returns what the tree was without at the last pass.
func (m *Memory) Lack() Lack {
	switch {
	case m.root.presence == rootMissing:
		return LacksRoot
	case m.startup && m.root.presence == rootPresent:
		return LacksApps
	}
	return LacksNothing
}
