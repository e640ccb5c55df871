package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

var (
	// ErrGone is what [Store.Follow] returns, wrapped, for a revision that
	// cannot be followed from here.
	ErrGone = errors.New("the changes since then are not known here")

	// ErrLagged is what [Follower.Next] returns, wrapped, to a follower that
	// was too slow: the changes it should read next are no longer kept.
	ErrLagged = errors.New("the follower was too slow")
)

// Follower reads the change log from a position of its own. It is for one
// goroutine.
type Follower struct {
	store *Store
	next  uint64 // revision
	close func()
}

// Follow begins to follow the changes after the revision since, or those from
// now on where it is nil. The caller closes the follower.
//
// It returns [ErrGone] where since is older than what is kept, older than the
// start, or newer than the newest change, which a revision from before a restart
// may be.
func (s *Store) Follow(since *uint64) (*Follower, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := s.log.newest
	if since != nil {
		from = *since
	}
	if oldest := s.log.oldest() - 1; from < oldest {
		return nil, fmt.Errorf("%w: revision %d is too old, the oldest that is known is %d", ErrGone, from, oldest)
	}
	if from > s.log.newest {
		return nil, fmt.Errorf("%w: revision %d is not known, the newest is %d", ErrGone, from, s.log.newest)
	}
	s.followers.Add(1)
	return &Follower{
		store: s,
		next:  from + 1,
		close: sync.OnceFunc(func() { s.followers.Add(-1) }),
	}, nil
}

// Followers returns how many followers are not closed.
func (s *Store) Followers() int { return int(s.followers.Load()) }

// Next waits for changes and returns them in order, as soon as there are some
// and not more than a bounded number at once.
//
// It returns [ErrLagged] when the next change is no longer kept, and the
// context's error when that ends.
func (f *Follower) Next(ctx context.Context) (Batch, error) {
	for {
		if err := ctx.Err(); err != nil {
			return Batch{}, err
		}
		batch, grown, err := f.store.since(f.next)
		if err != nil {
			return Batch{}, err
		}
		if grown == nil {
			f.next = batch.next
			return batch, nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
		}
	}
}

// since returns the changes from a revision on or, where that has not come yet, a
// channel that is closed when the log has grown.
func (s *Store) since(revision uint64) (batch Batch, grown <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch oldest := s.log.oldest(); {
	case revision >= s.log.end():
		return Batch{}, s.grown, nil
	case revision < oldest:
		return Batch{}, nil, fmt.Errorf("cannot go on with the change of revision %d (the oldest kept is %d): %w",
			revision, oldest, ErrLagged)
	}
	return s.log.batch(revision), nil, nil
}

// Close ends the follower. Closing it again does nothing.
func (f *Follower) Close() { f.close() }
