package check

import (
	"context"
	"sync"
	"time"

	"sessiond/internal/session"
)

// Files is what the check asks of the daemon about a session that is not in memory. Its
// methods are called from many goroutines at once.
type Files interface {
	// Loaded reports whether the admission of start-up is done: before, any session may
	// have a file and not be in memory.
	Loaded() bool

	// Find looks once whether there is a file of the session, in bounded time. It
	// returns an error where that cannot be told, as where the root is not the one
	// that the sessions in memory are from.
	Find(key session.Key) (bool, error)

	// Look returns the report of a pass over one file that began after the call. It
	// waits for what is in motion.
	Look(ctx context.Context, key session.Key) (session.Report, error)
}

// Limits of looks at files.
const (
	// lookTime is how long one check may take altogether.
	lookTime = 2500 * time.Millisecond
	// passesPerSecond is how many passes checks may ask for in a second.
	passesPerSecond = 100
	// findsAtOnce is how many checks look for a file at a time: each may have two
	// folders open.
	findsAtOnce = 16
)

// looks looks at files for checks. All who ask for the same file at a time share a pass.
type looks struct {
	files Files
	finds chan struct{}
	rate  rate

	mu      sync.Mutex
	flights map[session.Key]*flight
}

// flight is a pass that is asked for.
type flight struct {
	done   chan struct{}
	report session.Report // these are set before done is closed
	err    error
}

func newLooks(files Files) *looks {
	return &looks{files: files, finds: make(chan struct{}, findsAtOnce), flights: make(map[session.Key]*flight)}
}

// find is [Files.Find], a few at a time.
func (l *looks) find(ctx context.Context, key session.Key) (bool, error) {
	select {
	case l.finds <- struct{}{}:
		defer func() { <-l.finds }()
		return l.files.Find(key)
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// look returns the report of a pass over a file. shared is true where the pass may have
// begun before the call. ok is false where there is none now.
func (l *looks) look(ctx context.Context, key session.Key) (report session.Report, shared, ok bool) {
	f, shared := l.join(key)
	if f == nil {
		return session.Report{}, false, false
	}
	select {
	case <-f.done:
		return f.report, shared, f.err == nil
	case <-ctx.Done():
		return session.Report{}, shared, false
	}
}

// join returns the pass over a file that is asked for, or asks for one; nil where there
// were too many in this second.
func (l *looks) join(key session.Key) (f *flight, shared bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if f := l.flights[key]; f != nil {
		return f, true
	}
	if !l.rate.take(time.Now()) {
		return nil, false
	}
	f = &flight{done: make(chan struct{})}
	l.flights[key] = f
	go l.fly(key, f)
	return f, false
}

// fly waits for the pass, for nobody in particular: who asked first may have gone.
func (l *looks) fly(key session.Key, f *flight) {
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	f.report, f.err = l.files.Look(ctx, key)
	l.mu.Lock()
	delete(l.flights, key)
	l.mu.Unlock()
	close(f.done)
}

// rate bounds how often something is done in a second.
type rate struct {
	began time.Time // of the second
	used  int
}

func (r *rate) take(now time.Time) bool {
	if now.Sub(r.began) >= time.Second {
		r.began, r.used = now, 0
	}
	if r.used == passesPerSecond {
		return false
	}
	r.used++
	return true
}
