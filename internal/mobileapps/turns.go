package mobileapps

import (
	"sync/atomic"
	"time"
)

// turns are calls about many files, made one after the other by one goroutine,
// so that the bound costs once for all of them. Where one of them hangs, it goes
// on by itself, and the next goroutine goes on with the file after it.
type turns struct {
	// at is twice the number of the file that a call is about, and one more
	// while its result is written: then it cannot be given up any more.
	at atomic.Int64
	// buffer is for what is read. It stays with a call that hangs.
	buffer []byte
}

// givenUp is what turns are at when nobody waits for them any more.
const givenUp = -1

// claim asks whether somebody still waits for the result of a call. If so it may
// be written until done is called.
func (t *turns) claim(i int) bool { return t.at.CompareAndSwap(int64(2*i), int64(2*i+1)) }

func (t *turns) done(i int) { t.at.Store(int64(2 * (i + 1))) }

// inTurns makes n calls of one kind, each about the entry that at returns. For
// each, do makes it and, if it can claim it, writes down its result and returns
// true; hung writes down that there is none. One call may take as long as the
// pass's patience lasts; together they may take any time.
//
// A call that hangs still has its entry when inTurns has returned. It never asks
// at for it then, since the caller may have other uses for what is behind that.
func (f *boundedFolder) inTurns(what string, n int, at func(i int) *Entry, do func(t *turns, i int, e *Entry) bool, hung func(i int)) {
	callOf := func(e *Entry) call { return call{what, f.app, e.ID()} }
	for next := 0; next < n; {
		i, e := next, at(next)
		t := &turns{buffer: f.b.takeBuffer()}
		t.at.Store(int64(2 * i))
		ended := make(chan struct{})
		f.open.retain()
		go func() {
			for {
				if !do(t, i, e) {
					f.open.release()
					f.b.hasReturned(callOf(e))
					return
				}
				if i+1 == n {
					break
				}
				e = at(i + 1) // as long as nobody can give it up
				t.done(i)
				i++
			}
			f.open.release()
			close(ended)
		}()
		which := f.await(t, ended, func(i int) call { return callOf(at(i)) })
		f.b.steps.Add(1)
		if which < 0 {
			f.b.giveBuffer(t.buffer)
			return
		}
		hung(which)
		next = which + 1
	}
}

// await waits until all calls have ended, and returns -1, or until one of them
// hangs, and returns the number of its file.
func (f *boundedFolder) await(t *turns, ended <-chan struct{}, callOf func(i int) call) int {
	patience := f.pass.get()
	// A call may begin between two looks at how far they are.
	between := max(patience/4, time.Millisecond)
	timer := f.b.startTimer(between)
	defer func() { f.b.stopTimer(timer) }()
	for last, waited := t.at.Load(), time.Duration(0); ; {
		select {
		case <-ended:
			return -1
		case <-timer.C:
			timer.Reset(between)
		}
		at := t.at.Load()
		if at != last {
			last, waited = at, 0
			f.b.steps.Add(1)
			continue
		}
		waited += between
		if waited < patience || at%2 == 1 {
			continue
		}
		i := int(at / 2)
		c := callOf(i)
		f.b.giveUp(c)
		if !t.at.CompareAndSwap(at, givenUp) {
			f.b.hasReturned(c) // at the last moment
			continue
		}
		f.pass.spend(waited)
		return i
	}
}
