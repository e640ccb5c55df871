package daemon

import (
	"sync"
	"time"
)

const (
	// limitLines is how many lines of a kind are written within limitTime.
	limitLines = 20
	limitTime  = 10 * time.Second
)

// lineLimit bounds the lines of one kind. A disk or a synchroniser that fails spoils as
// many files as there are, all in one pass or a few in each of many: the first are told
// one by one, and of the others their number, once at the end of the first pass that
// has too many and once at the end of limitTime.
type lineLimit struct {
	// tell writes a line about so many more.
	tell func(more int)

	mu     sync.Mutex
	window *time.Timer // nil while no limitTime runs
	lines  int         // in it
	told   bool        // of more, in it
	more   int         // not written, nor told of yet
}

func newLineLimit(tell func(more int)) *lineLimit { return &lineLimit{tell: tell} }

// allows reports whether a line may be written. One that may not is counted.
func (l *lineLimit) allows() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.window == nil {
		l.lines, l.told = 0, false
		l.window = time.AfterFunc(limitTime, l.windowEnded)
	}
	if l.lines == limitLines {
		l.more++
		return false
	}
	l.lines++
	return true
}

// passEnded tells of what a pass had too much, unless that was told of another just now.
func (l *lineLimit) passEnded() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.told {
		l.tellMore()
	}
}

func (l *lineLimit) windowEnded() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.window = nil
	l.tellMore()
}

// end tells of what is left. The limit is not used after it.
func (l *lineLimit) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.window != nil {
		l.window.Stop()
	}
	l.tellMore()
}

func (l *lineLimit) tellMore() {
	if l.more > 0 {
		l.tell(l.more)
		l.more, l.told = 0, true
	}
}
