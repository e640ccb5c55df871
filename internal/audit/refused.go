package audit

import (
	"sync"
	"time"
)

// Refusals could be asked for as fast as a socket takes requests, by somebody who may do
// nothing. So few of them are written, and the rest are counted.
const (
	refusalsPerWindow = 10
	refusalWindow     = time.Minute
)

// refusals counts what each user was refused in the present window.
type refusals struct {
	mu     sync.Mutex
	began  time.Time
	byUser map[string]*refusedUser
}

type refusedUser struct {
	n    int
	last Entry // of those that were not written
}

// Refused records that somebody was not allowed to make a change. The first ten of a
// user in a minute have a line each, the rest one with their number once the
// minute is over.
func (l *Log) Refused(e Entry) {
	e.Result = ResultRefused
	l.Observe(l.refusals.add(e, l.now())...)
}

// add returns what is to be written.
func (r *refusals) add(e Entry, now time.Time) []Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	var write []Entry
	if r.byUser == nil || r.isOver(now) {
		write = r.restart(now)
	}
	who := e.Actor.identity()
	user := r.byUser[who]
	if user == nil {
		user = new(refusedUser)
		r.byUser[who] = user
	}
	user.n++
	if user.n <= refusalsPerWindow {
		return append(write, e)
	}
	user.last = e
	return write
}

// isOver reports whether the present window has ended.
func (r *refusals) isOver(now time.Time) bool { return now.Sub(r.began) >= refusalWindow }

// ended returns the entries about what was not written in a window that has ended.
func (r *refusals) ended(now time.Time) []Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.isOver(now) {
		return nil
	}
	return r.restart(now)
}

// restart begins a new window and returns the entries about what was not written in
// the one before.
func (r *refusals) restart(now time.Time) []Entry {
	var write []Entry
	for _, user := range r.byUser {
		if more := user.n - refusalsPerWindow; more > 0 {
			write = append(write, Entry{Actor: user.last.Actor, Action: user.last.Action, Result: ResultRefused, Error: user.last.Error, Count: more})
		}
	}
	r.began = now
	r.byUser = make(map[string]*refusedUser)
	return write
}

// untold returns the entries about what was not written so far.
func (r *refusals) untold() []Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.restart(r.began)
}
