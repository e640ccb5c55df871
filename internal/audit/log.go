package audit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/session"
)

// Config is what a [Log] is made of.
type Config struct {
	Path string
	// GID is the group that a new file is given; negative: it stays the process's.
	GID int
	// MinFree is how many bytes must be free on the file system for what is recorded
	// without having been asked for. The rest is kept for changes through the daemon.
	MinFree uint64
	// Now tells the time; nil is [time.Now].
	Now func() time.Time
}

// Log is the record. Its methods are safe for concurrent use.
type Log struct {
	minFree uint64
	now     func() time.Time

	mu   sync.Mutex // held while lines are written, also while they are synced
	file file
	seq  uint64 // of the last line

	queue    queue
	own      ownChanges
	refusals refusals
}

// Open opens the record, which it begins where there is none, and goes on counting
// where it ended.
func Open(cfg Config) (*Log, error) {
	l := &Log{minFree: cfg.MinFree, now: cfg.Now, file: file{path: cfg.Path, gid: cfg.GID}}
	if l.now == nil {
		l.now = time.Now
	}
	l.queue.grown = make(chan struct{}, 1)
	if err := l.file.open(); err != nil {
		return nil, fmt.Errorf("cannot open the audit log %q: %w", cfg.Path, err)
	}
	last, err := lastSeq(cfg.Path)
	if err != nil {
		_ = l.file.f.Close()
		return nil, fmt.Errorf("cannot read the audit log %q: %w", cfg.Path, err)
	}
	l.seq = last
	return l, nil
}

// Run writes what was observed, until ctx ends and all of it is written. It returns
// nil then.
func (l *Log) Run(ctx context.Context) error {
	again := time.NewTicker(refusalWindow)
	defer again.Stop()
	for {
		select {
		case <-l.queue.grown:
		case <-again.C: // what was lost may be told now
			l.Observe(l.refusals.ended(l.now())...)
		case <-ctx.Done():
			l.Observe(l.refusals.untold()...)
			l.drain()
			return nil
		}
		l.drain()
	}
}

// Close closes the file. Nothing may be recorded afterwards.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.f.Close()
}

// Change is a change through the daemon whose intent is recorded.
type Change struct {
	log    *Log
	intent Entry
}

// Begin records what is about to be done, and returns once that is on disk. Where it
// returns an error, the change must not be made. Several entries are written, and
// synced, together.
func (l *Log) Begin(entries ...Entry) ([]Change, error) {
	for i := range entries {
		entries[i].bound()
		entries[i].Result = ResultIntent
	}
	if err := l.write(entries, true); err != nil {
		return nil, fmt.Errorf("cannot record the change: %w", err)
	}
	changes := make([]Change, len(entries))
	for i, e := range entries {
		if e.Action.changesFile() {
			l.own.begin(e.Key)
		}
		changes[i] = Change{l, e}
	}
	return changes, nil
}

// Outcome is how a change ended.
type Outcome struct {
	Err    error // nil: it was made
	Before *State
	After  *State
	// Digest is that of the file as it is now, the zero one if it is gone: a pass
	// that finds just this records nothing.
	Digest Digest
}

// Done records how the change ended. That it could not be recorded is told, and
// undoes nothing.
func (c Change) Done(o Outcome) error { return c.log.End(Ended{c, o}) }

// Ended is a change that has ended, and how.
type Ended struct {
	Change
	Outcome
}

// End is [Change.Done] for several changes, whose lines are written together.
func (l *Log) End(ended ...Ended) error {
	entries := make([]Entry, len(ended))
	for i, c := range ended {
		e := c.intent
		e.Intent = e.Seq
		e.Result = ResultDone
		e.Before, e.After = c.Before, c.After
		if c.Err != nil {
			e.Result, e.Error = ResultFailed, c.Err.Error()
		}
		e.bound()
		entries[i] = e
	}
	err := l.write(entries, false)
	for _, c := range ended {
		if c.intent.Action.changesFile() {
			l.enqueue(l.own.end(c.intent.Key, c.Outcome, l.now()))
		}
	}
	if err != nil {
		return fmt.Errorf("cannot record the result of a change: %w", err)
	}
	return nil
}

// Looked says that a pass has looked at a session's file since the changes of it through
// the daemon ended: what passes find of it from now on is others' doing.
func (l *Log) Looked(key session.Key) { l.own.looked(key) }

// write gives the entries their numbers and appends them.
func (l *Log) write(entries []Entry, sync bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.file.renew(); err != nil {
		return err
	}
	var lines []byte
	for i := range entries {
		e := &entries[i]
		e.At = l.now().UTC()
		e.Seq = l.seq + 1 + uint64(i)
		if e.Key.App != "" {
			e.Session = e.Key.Short()
		}
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	if err := l.file.append(lines); err != nil {
		return err
	}
	l.seq += uint64(len(entries))
	if !sync {
		return nil
	}
	return l.file.f.Sync()
}

// errLittleSpace is why something that nobody asked for was not recorded.
var errLittleSpace = errors.New("little space is free")

// writeObserved appends entries unless the space that is left is kept for changes.
func (l *Log) writeObserved(entries []Entry) error {
	if free, ok := freeSpace(l.file.path); ok && free < l.minFree {
		return errLittleSpace
	}
	return l.write(entries, false)
}
