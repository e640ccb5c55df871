package hang

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// ErrHung says that work was given up, or not begun because earlier work about the
// same has not returned yet.
var ErrHung = errors.New("the file system does not answer")

// Guard bounds work by what it is about: its key, a folder for instance. Its methods
// may be called from several goroutines, and work about one key may be done several
// times at once.
//
// A pass makes a call or two for each folder, and there may be tens of thousands. So
// one timer, which runs only while there is work, looks at all of it, and the records
// of work that has returned are used again.
type Guard[K comparable] struct {
	limit            int
	gaveUp, cameBack func(K)
	progress         atomic.Uint64
	spare            sync.Pool // of *watched[K]

	mu     sync.Mutex
	active []*watched[K] // what somebody waits for
	timer  *time.Timer   // for the next look at them; nil before the first work
	every  time.Duration // time between looks; 0 while there is nothing to look at
	stray  int           // looks that the timer began and that were called off
	hung   map[K]int     // how much work was given up and has not returned yet
	all    int
}

// New returns a Guard. Once limit works hang, whatever they are about, it begins no
// other, so that a share that is gone costs a bounded number of threads; 0 is no
// limit. Either function may be nil. gaveUp is called where the first work about a
// key is given up, before anybody is told; cameBack where the last has returned,
// before other work is begun. Neither may call the Guard.
func New[K comparable](limit int, gaveUp, cameBack func(K)) *Guard[K] {
	none := func(K) {}
	if gaveUp == nil {
		gaveUp = none
	}
	if cameBack == nil {
		cameBack = none
	}
	return &Guard[K]{limit: limit, gaveUp: gaveUp, cameBack: cameBack, hung: make(map[K]int)}
}

// Do does work about a key, a call or a batch of them, and returns nil once it has
// returned. It returns [ErrHung] where the work made no step for the patience, or up
// to a quarter longer, and at once, without doing it, where the key hangs already.
//
// Work that is given up goes on. So it has to write its results to memory that
// nobody else uses, which Do's caller may only read after nil. [Call.Undo] has it give
// back what it holds, and [Call.Step] tells it that it may as well end.
func (g *Guard[K]) Do(key K, patience time.Duration, work func(*Call)) error {
	w := g.begin(key, patience)
	if w == nil {
		return ErrHung
	}
	go func() {
		work(&w.Call)
		if g.finish(w) {
			w.over <- struct{}{}
			return
		}
		if w.undo != nil {
			w.undo()
		}
		g.returned(key)
	}()
	defer g.progress.Add(1)
	<-w.over
	if w.givenUp.Load() {
		return ErrHung // the work still has the record
	}
	g.spare.Put(w)
	return nil
}

// Progress returns a number that grows when work returns, is given up, or, now and
// then, when it makes steps: while there is work, at least once within the longest
// patience and a quarter of it.
func (g *Guard[K]) Progress() uint64 { return g.progress.Load() }

// Hangs reports whether work about a key would not be begun.
func (g *Guard[K]) Hangs(key K) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.hangs(key)
}

func (g *Guard[K]) hangs(key K) bool { return g.hung[key] > 0 || g.limit > 0 && g.all >= g.limit }

// begin returns a record of work that begins, and has the timer look at it; nil where
// its key hangs.
func (g *Guard[K]) begin(key K, patience time.Duration) *watched[K] {
	w, ok := g.spare.Get().(*watched[K])
	if !ok {
		w = &watched[K]{over: make(chan struct{}, 1)}
	}
	w.reset(key, patience)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hangs(key) {
		g.spare.Put(w)
		return nil
	}
	if g.every > 0 {
		w.idle = -g.every // the next look may come at once
	}
	g.active = append(g.active, w)
	switch every := interval(patience); {
	case g.every == 0:
		g.every = every
		g.lookLater()
	case every < g.every:
		g.stopLooking()
		g.every = every
		g.lookLater()
	}
	return w
}

// finish ends work that has returned, and reports false where it was given up.
func (g *Guard[K]) finish(w *watched[K]) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if w.givenUp.Load() {
		return false
	}
	g.remove(slices.Index(g.active, w))
	if len(g.active) == 0 {
		g.stopLooking()
		g.every = 0
	}
	return true
}

// remove takes work off the list.
func (g *Guard[K]) remove(i int) {
	last := len(g.active) - 1
	g.active[i], g.active[last] = g.active[last], nil
	g.active = g.active[:last]
}

func (g *Guard[K]) lookLater() {
	if g.timer == nil {
		g.timer = time.AfterFunc(g.every, g.look)
		return
	}
	g.timer.Reset(g.every)
}

// stopLooking calls off the next look, which may have begun already.
func (g *Guard[K]) stopLooking() {
	if !g.timer.Stop() {
		g.stray++
	}
}

// look gives up the work that went without progress for too long. Looks are counted,
// not time: a process that did not run for a while must not give up what did not run
// either.
func (g *Guard[K]) look() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stray > 0 {
		g.stray--
		return
	}
	for i, w := range slices.Backward(g.active) {
		if steps := w.steps.Load(); steps != w.seen {
			w.seen, w.idle = steps, 0
			g.progress.Add(1)
			continue
		}
		if w.idle += g.every; w.idle >= w.patience {
			g.remove(i)
			g.giveUp(w)
		}
	}
	if len(g.active) == 0 {
		g.every = 0
		return
	}
	g.lookLater()
}

func (g *Guard[K]) giveUp(w *watched[K]) {
	g.all++
	g.hung[w.key]++
	if g.hung[w.key] == 1 {
		g.gaveUp(w.key)
	}
	w.givenUp.Store(true)
	w.over <- struct{}{}
}

func (g *Guard[K]) returned(key K) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hung[key] == 1 {
		g.cameBack(key)
		delete(g.hung, key)
	} else {
		g.hung[key]--
	}
	g.all--
}
