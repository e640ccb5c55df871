package hang

import (
	"errors"
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
type Guard[K comparable] struct {
	limit            int
	gaveUp, cameBack func(K)
	progress         atomic.Uint64

	mu   sync.Mutex
	hung map[K]int // how much work was given up and has not returned yet
	all  int
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
// returned. It returns [ErrHung] where the work made no step for the patience, and at
// once, without doing it, where the key hangs already.
//
// Work that is given up goes on. So it has to write its results to memory that
// nobody else uses, which Do's caller may only read after nil. [Call.Undo] has it give
// back what it holds, and [Call.Step] tells it that it may as well end.
func (g *Guard[K]) Do(key K, patience time.Duration, work func(*Call)) error {
	if g.Hangs(key) {
		return ErrHung
	}
	c := newCall()
	go func() {
		work(c)
		if c.finish() {
			return
		}
		if c.undo != nil {
			c.undo()
		}
		g.returned(key)
	}()
	progress := func() { g.progress.Add(1) }
	defer progress()
	if c.await(patience, progress, func() { g.giveUp(key) }) {
		return nil
	}
	return ErrHung
}

// Progress returns a number that grows when work returns, is given up, or, now and
// then, when it makes steps: while there is work, at least once within the longest
// patience and a quarter of it.
func (g *Guard[K]) Progress() uint64 { return g.progress.Load() }

// Hangs reports whether work about a key would not be begun.
func (g *Guard[K]) Hangs(key K) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.hung[key] > 0 || g.limit > 0 && g.all >= g.limit
}

func (g *Guard[K]) giveUp(key K) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all++
	g.hung[key]++
	if g.hung[key] == 1 {
		g.gaveUp(key)
	}
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
