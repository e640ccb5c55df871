package mobileapps

import (
	"runtime"
	"sync/atomic"
	"time"
)

// turns are calls that one goroutine makes one after the other, so that the bound
// costs once for all of them. Where one of them hangs, it goes on by itself, and
// the next goroutine goes on with the call after it.
type turns struct {
	// at is twice the number of the call that is made, and one more while its
	// result is written: then it cannot be given up any more.
	at atomic.Int64
	// outcome gets the number of a call that was given up, or allEnded.
	outcome chan int

	// The budget's: how long one call may take, where it found them last, and
	// since when they may be there.
	patience time.Duration
	last     int64
	since    time.Time
}

// givenUp is what turns are at when nobody waits for them any more.
const givenUp = -1

// allEnded is the outcome of turns of which none was given up.
const allEnded = -1

// newTurns returns turns that begin with a call.
func newTurns(first int) *turns {
	t := &turns{outcome: make(chan int, 1), last: int64(2 * first)}
	t.at.Store(t.last)
	return t
}

// claim asks whether somebody still waits for the result of a call. If so it may
// be written until done or end is called.
func (t *turns) claim(i int) bool { return t.at.CompareAndSwap(int64(2*i), int64(2*i+1)) }

func (t *turns) done(i int) { t.at.Store(int64(2 * (i + 1))) }

// end says that the call whose result was claimed was the last.
func (t *turns) end() { t.outcome <- allEnded }

// giveUp gives up the call that is made, if that is where the turns still are.
func (t *turns) giveUp(at int64) bool {
	if at < 0 || at%2 == 1 || !t.at.CompareAndSwap(at, givenUp) {
		return false
	}
	t.outcome <- int(at / 2)
	return true
}

// kind is a kind of calls that are made in turns.
type kind struct {
	what string // as in [call]
	// atOnce is how many are made in one time slice; 0: all.
	atOnce int
}

// inTurns makes n calls of one kind, each about the entry that at returns. For
// each, do makes it and, if it can claim it, writes down its result and returns
// true; hung writes down that there is none. One call may take as long as the
// pass's patience lasts; together they may take any time.
//
// A call that hangs still has its entry when inTurns has returned. It never asks
// at for it then, since the caller may have other uses for what is behind that.
func (f *boundedFolder) inTurns(k kind, n int, at func(i int) *Entry, do func(t *turns, buffer []byte, i int, e *Entry) bool, hung func(i int)) {
	callOf := func(e *Entry) call { return call{k.what, f.app, e.ID()} }
	for next := 0; next < n; {
		i, e := next, at(next)
		t := newTurns(i)
		buffer := f.b.takeBuffer() // it stays with a call that hangs
		f.open.retain()
		go func() {
			many := n-i > fewCalls
			for {
				if !do(t, buffer, i, e) {
					f.open.release()
					f.b.hasReturned(callOf(e))
					return
				}
				if i+1 == n {
					break
				}
				e = at(i + 1) // as long as nobody can give it up
				if k.atOnce > 0 && (i+1)%k.atOnce == 0 {
					newSlice()
				}
				t.done(i)
				i++
			}
			f.open.release()
			if many {
				newSlice()
			}
			t.end()
		}()
		which, gaveUp := f.pass.await(t)
		if !gaveUp {
			f.b.giveBuffer(buffer)
			return
		}
		f.b.giveUp(callOf(at(which)))
		hung(which)
		next = which + 1
	}
}

// fewCalls do not fill a time slice.
const fewCalls = 64

// newSlice has Go begin a new time slice. Goroutines that wake one another share one,
// and all of a pass would be one such chain. After 10 ms of it Go's monitor (as of Go
// 1.26) would look every 20 µs, interrupt the goroutine and take its processor away in
// each call that it makes (docs/PERFORMANCE.md).
func newSlice() { runtime.Gosched() }
