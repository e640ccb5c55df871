package daemon

import (
	"context"
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
	// ten milliseconds.
	largePass = 10_000
	// readsInARow are enough of one reader to expect more, where they go on for
	// readsFor and nothing else happens.
	readsInARow = 100
	readsFor    = 250 * time.Millisecond
	// readsEnd is how often it is looked whether that reader is still there.
	readsEnd = time.Second
)

// processors are how many Go may use at a time, and how passes and readers share them
// (docs/PERFORMANCE.md tells what for). A GOMAXPROCS that somebody set is theirs.
//
// To change the number stops everything for a moment, and waits for a collection of
// garbage that goes on. So whoever comes here only says what goes on; what follows
// from it is done beside them.
type processors struct {
	workers int // of a pass
	fixed   bool
	// giveWay has a full pass let readers go first, or not any more.
	giveWay func(bool)

	changed chan struct{} // has a value when wanted may not be what is applied
	applied share         // only for apply

	mu     sync.Mutex
	wanted share
	full   bool // a full pass runs
	large  bool // a large one
	// row is how many reads one reader has made since began, one after another and
	// with nothing else in between; counted is what the timer found last.
	row     int
	began   time.Time
	timer   *time.Timer
	counted int
}

func newProcessors(lookupEnv func(string) (string, bool), giveWay func(bool)) *processors {
	_, fixed := lookupEnv("GOMAXPROCS")
	if !fixed {
		runtime.SetDefaultGOMAXPROCS() // another daemon in the process may have set it
	}
	return &processors{
		workers: runtime.GOMAXPROCS(0),
		fixed:   fixed,
		giveWay: giveWay,
		changed: make(chan struct{}, 1),
	}
}

// run changes the number whenever something else is wanted, until ctx ends.
func (p *processors) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			p.want(shareUsual)
			p.apply()
			return
		case <-p.changed:
			p.apply()
		}
	}
}

// begin is called before a pass, and end after it. Reading says that somebody was
// reading a moment ago.
func (p *processors) begin(full, large, reading bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.full, p.large, p.row = full, full && large, 0
	p.give(full && reading)
}

func (p *processors) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.full, p.large, p.row = false, false, 0
	p.give(false)
}

// give has the pass share with readers, if there are any.
func (p *processors) give(readers bool) {
	p.giveWay(readers)
	if readers && p.large {
		p.set(shareSpare)
	} else {
		p.set(shareUsual)
	}
}

// read is called with each request that asks for something; again says that one client
// asks again and again, and no other.
func (p *processors) read(again bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.full:
		p.give(true)
	case !again:
		p.row = 0
		p.set(shareUsual)
	case p.row == 0:
		p.row, p.began = 1, time.Now()
	default:
		p.row++
		if p.wanted != shareSingle && p.row >= readsInARow && time.Since(p.began) >= readsFor {
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
	case p.wanted != shareSingle:
	case p.row == p.counted:
		p.row = 0
		p.set(shareUsual)
	default:
		p.lookLater()
	}
}

// lookLater has the timer look whether more reads have come by then.
func (p *processors) lookLater() {
	p.counted = p.row
	if p.timer == nil {
		p.timer = time.AfterFunc(readsEnd, p.lookForReads)
		return
	}
	p.timer.Reset(readsEnd)
}

func (p *processors) want(s share) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set(s)
}

func (p *processors) set(s share) {
	if s == p.wanted {
		return
	}
	p.wanted = s
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// apply changes the number to what is wanted now. From the usual one on Go follows the
// limits of the process's cgroup again.
func (p *processors) apply() {
	p.mu.Lock()
	wanted := p.wanted
	p.mu.Unlock()
	if p.fixed || wanted == p.applied {
		return
	}
	if p.applied != shareUsual {
		runtime.SetDefaultGOMAXPROCS()
	}
	switch p.applied = wanted; wanted {
	case shareUsual:
	case shareSpare:
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + spareProcessors)
	case shareSingle:
		runtime.GOMAXPROCS(1)
	}
}
