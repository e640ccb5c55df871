package refresh

import (
	"hash/maphash"
	"runtime"
	"sync"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// Judge says whether the bytes of a session file are compliant: exactly one of
// its results is not nil. It must be safe for concurrent use.
type Judge interface {
	Judge(key session.Key, data []byte) (*session.Session, *session.Problem)
}

// Watches learns from a pass which folders to watch. Both methods are called from
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
	// SettleMany is the time over which removals that nobody asked for are summed,
	// and for which the tree must be quiet before those that are held back count;
	// 0 holds none back.
	SettleMany time.Duration
	// Workers are how many look at a time; 0 is as many as Go has processors.
	Workers int
	// Follow turns admission on in every pass.
	Follow bool
	// Watches may be nil: nothing is watched.
	Watches Watches
	// Clock may be nil: it is [SystemClock] then.
	Clock Clock
}

// Memory is what is remembered between passes: for every file that was seen its
// signature and its verdict, or what the looks agree on so far; and the sessions in
// memory. It is not safe for concurrent use, but for [Memory.BeginDeletion] and its end: passes
// never overlap.
type Memory struct {
	cfg    Config
	seed   maphash.Seed
	passes uint64
	apps   map[string]*app
	// looks are those that are due because of what is unsettled; holding are the app
	// folders with removals that are held back.
	looks   looks
	holding map[*app]struct{}

	// self stands for the root as a whole where it cannot be judged.
	self *keyState
	// root is how the root was found by the last pass, place where it was found
	// last.
	root  rootIdentity
	place mobileapps.Place
	// mounts are the app folders that are mount points, as of the last full pass or the
	// last one that found another mount; it is never changed.
	mounts map[string]mobileapps.Mount
	// startup is true until the first pass that finds an app folder.
	startup bool

	// sessions are in memory; notInMemory counts valid files without one.
	sessions, notInMemory int
	brake                 brake
	removed               removals
	// followFrom is the monotonic time from which passes admit by themselves, if
	// they do; followDue says that one has to look at everything then.
	followFrom time.Duration
	followDue  bool

	deletions deletions

	texts texts // of errors

	// steps and scans are kept for reuse.
	steps sync.Pool // of *step
	scans sync.Pool // of *folderScan

	// slow is where files settle most slowly, if anywhere.
	slow SlowFileSystem
	// linked is where there are only links; linkedRoot says that of the root.
	linked     OnlyLinks
	linkedRoot bool

	// lastPass is when the last pass began; clockEpoch counts how often the
	// wall clock was set back between passes.
	lastPass   Instant
	clockEpoch uint16
}

// rootIdentity is how a pass found the root.
type rootIdentity struct {
	presence rootPresence
	dev, ino uint64
	mount    mobileapps.Mount
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
	name string
	// mu is held by the workers of a pass that look at files of the folder.
	mu    sync.Mutex
	files files
	// self stands for the folder as a whole where it cannot be listed.
	self *keyState
	// mount is what the folder is on where it is a mount point; none where it is on
	// the root's.
	mount mobileapps.Mount
	// on is the file system of the folder when it was last opened.
	on mobileapps.FileSystem

	waiting  map[*keyState]struct{} // what is unsettled, self too; nil for nothing
	sessions int                    // in memory
	held     int                    // removals that are held back
	linked   bool                   // it holds links under names of sessions, and no session file
}

// New returns an empty memory: the first pass that finds an app folder is the
// start-up pass and admits what is valid.
func New(cfg Config) *Memory {
	if cfg.Clock == nil {
		cfg.Clock = SystemClock()
	}
	if cfg.Workers <= 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	if cfg.Watches == nil {
		cfg.Watches = unwatched{}
	}
	return &Memory{
		cfg:     cfg,
		seed:    maphash.MakeSeed(),
		apps:    make(map[string]*app),
		holding: make(map[*app]struct{}),
		self:    &keyState{key: session.Key{}},
		startup: true,
		brake:   brake{quiet: cfg.SettleMany},
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
			name:  name,
			files: files{byID: make(map[string]*file)},
			self:  &keyState{key: session.Key{App: name}},
		}
		m.apps[name] = a
	}
	return a
}

// empty reports whether nothing is left to remember of the folder.
func (a *app) empty() bool {
	return len(a.files.byID) == 0 && len(a.waiting) == 0 && !a.linked && a.self.settled()
}

// InMotion reports whether another look is due because something was in motion.
func (m *Memory) InMotion() bool { return m.looks.inMotion > 0 }

// Held returns how many removals are held back because they are too many.
func (m *Memory) Held() int { return m.brake.held }

// NextLook returns how long from now, by the given instant's monotonic clock,
// the next look at something unsettled is due; false where nothing is.
func (m *Memory) NextLook(now Instant) (time.Duration, bool) {
	next, found := m.looks.next()
	if m.followDue && (!found || m.followFrom < next) {
		next, found = m.followFrom, true
	}
	return max(0, next-now.Mono), found
}

// retriesAtOnce is how many unreadable keys are looked at again in one pass at most:
// what is edited meanwhile waits for that pass.
const retriesAtOnce = 1024

// Due returns the keys whose next look is due, of those that cannot be read some.
func (m *Memory) Due(now Instant) []session.Key {
	var keys []session.Key
	if m.followDue && m.followFrom <= now.Mono {
		keys = append(keys, session.Key{})
	}
	heldDue, retries := false, 0
	m.looks.due(now.Mono, func(k *keyState) {
		switch {
		case k.isHeld():
			heldDue = true
			return
		case k.pending.reason == session.ReasonUnreadable:
			if retries++; retries > retriesAtOnce {
				return
			}
		}
		keys = append(keys, k.key)
	})
	if heldDue {
		// What came back or appeared in any folder with such keys counts.
		for a := range m.holding {
			keys = append(keys, a.self.key)
		}
	}
	return keys
}

// SlowFileSystem is a file system on which files settle more slowly than [Config]
// says. It is not an error, but it is shown to the user.
type SlowFileSystem struct {
	Name   string
	Settle time.Duration // 0: there is none
}

// SlowToSettle returns where files settle most slowly, as the last pass found it.
func (m *Memory) SlowToSettle() SlowFileSystem { return m.slow }

func (m *Memory) slowest() (slow SlowFileSystem) {
	for _, a := range m.apps {
		slow = slower(slow, m.slowOn(a.on))
	}
	return slow
}

// OnlyLinks says where the names of app folders or of sessions are those of links, which
// are never followed. It is not an error, but it shows a user that the volume is of the
// wrong kind.
type OnlyLinks struct {
	Root bool
	Apps int    // folders
	App  string // one of them
}

// OnlyLinks returns where the last passes found only links.
func (m *Memory) OnlyLinks() OnlyLinks { return m.linked }

func (m *Memory) findLinked() OnlyLinks {
	found := OnlyLinks{Root: m.linkedRoot}
	for _, a := range m.apps {
		if a.linked {
			found.Apps++
			if found.App == "" || a.name < found.App {
				found.App = a.name
			}
		}
	}
	return found
}

// setLinked notes whether a folder holds only links.
func (l *folderScan) setLinked(linked bool) {
	l.t.linked = l.t.linked || linked != l.app.linked
	l.app.linked = linked
}

// slowOn says whether files settle more slowly on a file system than the
// configuration says.
func (m *Memory) slowOn(on mobileapps.FileSystem) SlowFileSystem {
	if on.Stale <= m.cfg.Settle {
		return SlowFileSystem{}
	}
	return SlowFileSystem{Name: on.Name, Settle: on.Stale}
}

func slower(a, b SlowFileSystem) SlowFileSystem {
	if b.Settle > a.Settle {
		return b
	}
	return a
}

// RootState says what is missing in the tree. It is not an error, but it shows a
// user that the wrong root was named.
type RootState int32

// The states of the root at the last pass.
const (
	RootFound       RootState = iota
	RootMissing               // the last pass found no root
	RootWithoutApps           // no pass has found an app folder yet
)

// RootState returns what the last pass found of the root.
func (m *Memory) RootState() RootState {
	switch {
	case m.root.presence == rootMissing:
		return RootMissing
	case m.startup && m.root.presence == rootPresent:
		return RootWithoutApps
	}
	return RootFound
}
