package daemon

import (
	"runtime"
	"sync"
	"time"
)

// share is how many processors Go may use at a time.
type share int

const (
	// shareUsual is as many as Go has by itself: those that the process may use.
	shareUsual share = iota
	// shareSpare is for a large pass and readers beside it. The calls of a pass are
	// short, so Go never takes its processors away from it, nor asks the network in
	// between: a reader would wait for up to 10 ms. With some to spare it is the
	// kernel that shares the real processors out, which does not let readers wait for
	// so long. Without readers a pass would only wake threads that find nothing to do.
	shareSpare
	// shareSingle is for one reader who asks again and again. For each request Go
	// wakes threads that find nothing to do, and net/http a goroutine that another
	// thread then takes: nearly half of the time that an answer takes. Where there
	// is but one processor, there is nobody to wake.
	shareSingle
)

const (
	// spareProcessors is how many goroutines may run beside those of a large pass.
	spareProcessors = 2
	// largePass is from how many files on a pass takes long enough for this, some
	// ten milliseconds: to change the number stops everything for a moment.
	largePass = 10_000
	// readsInARow are enough of one reader to expect more, for the same reason.
	readsInARow = 100
	// readsEnd is how long nobody may have read for that to end.
	readsEnd = time.Second
)

// processors are how many Go may use at a time (docs/PERFORMANCE.md tells what for).
// A GOMAXPROCS that somebody set is theirs.
type processors struct {
	workers int // of a pass
	fixed   bool

	mu     sync.Mutex
	now    share
	passes bool // one runs
	large  bool // it is a large one
	row    int  // reads by one reader, one after another, and nothing else in between
	timer  *time.Timer
	seen   int // of these, when the timer last went off
}

func newProcessors(lookupEnv func(string) (string, bool)) *processors {
	_, fixed := lookupEnv("GOMAXPROCS")
	if !fixed {
		runtime.SetDefaultGOMAXPROCS() // another daemon in the process may have set it
	}
	return &processors{workers: runtime.GOMAXPROCS(0), fixed: fixed}
}

// begin is called before a pass, and end after it. Reading says that somebody was
// reading a moment ago.
func (p *processors) begin(large, reading bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.passes, p.large = true, large
	if large && reading {
		p.set(shareSpare)
	} else {
		p.set(shareUsual)
	}
}

func (p *processors) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.passes, p.large, p.row = false, false, 0
	p.set(shareUsual)
}

// read is called with each request that asks for something; again says that one client
// asks again and again, and no other.
func (p *processors) read(again bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.large: // the reader who came first has waited
		p.set(shareSpare)
	case p.passes:
	case !again:
		p.row = 0
		p.set(shareUsual)
	default:
		if p.row++; p.row == readsInARow {
			p.set(shareSingle)
			p.lookLater()
		}
	}
}

// lookForReads ends what is for one reader when that has gone.
func (p *processors) lookForReads() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.now != shareSingle:
	case p.row == p.seen:
		p.row = 0
		p.set(shareUsual)
	default:
		p.lookLater()
	}
}

// lookLater has the timer look whether more reads have come by then.
func (p *processors) lookLater() {
	if p.seen = p.row; p.timer == nil {
		p.timer = time.AfterFunc(readsEnd, p.lookForReads)
		return
	}
	p.timer.Reset(readsEnd)
}

// set stops everything for a moment where it changes something.
func (p *processors) set(now share) {
	if p.fixed || now == p.now {
		return
	}
	p.now = now
	switch now {
	case shareUsual:
		runtime.SetDefaultGOMAXPROCS() // from now on Go follows the limits of the cgroup again
	case shareSpare:
		runtime.GOMAXPROCS(p.workers + spareProcessors)
	case shareSingle:
		runtime.GOMAXPROCS(1)
	}
}
