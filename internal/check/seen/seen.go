// Package seen keeps when the tokens of sessions were last accepted by the check: what no
// file tells. The times are kept to the minute, in memory and, every few minutes, in a
// file, so that they outlive a restart.
//
// Sessions stand there by a hash of their keys, which takes few bytes and tells nobody
// who reads the file of which sessions there are.
package seen

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"sessiond/internal/session"
)

// Times are when sessions were last seen. Its methods may be called from several
// goroutines, but for [Times.Open] and [Times.Run], which are called once.
type Times struct {
	// shards share the sessions, so that going through all of one keeps nobody waiting.
	shards [64]shard

	mu      sync.Mutex
	path    string // empty: nothing is kept
	since   time.Time
	ages    Ages
	unread  string // why the times of before are not here
	unsaved string // why the times cannot be kept
}

type shard struct {
	mu    sync.Mutex
	times map[uint64]entry
}

// entry is what is kept of a session, in minutes since 1970.
type entry struct {
	seen  uint32 // when it was last seen
	there uint32 // when it was last in memory
}

// New returns times of no session. They are not collected before [Times.Open].
func New() *Times {
	t := &Times{}
	for i := range t.shards {
		t.shards[i].times = make(map[uint64]entry)
	}
	return t
}

// Note notes that a session that is in memory was seen.
func (t *Times) Note(key session.Key, at time.Time) {
	hash := hashOf(key)
	now := minuteOf(at)
	s := t.shardOf(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.times[hash] = entry{seen: now, there: now}
}

// At returns when a session was last seen, to the minute; the zero time where that is not
// known.
func (t *Times) At(key session.Key) time.Time {
	hash := hashOf(key)
	s := t.shardOf(hash)
	s.mu.Lock()
	e, ok := s.times[hash]
	s.mu.Unlock()
	if !ok {
		return time.Time{}
	}
	return timeOf(min(e.seen, minuteOf(time.Now()))) // the clock may have been set back
}

// Since returns since when times are collected; the zero time where they are not.
func (t *Times) Since() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.since
}

func (t *Times) shardOf(hash uint64) *shard { return &t.shards[hash%uint64(len(t.shards))] }

// maxKey is the longest key of a session: two names of at most 255 bytes.
const maxKey = 2*255 + 1

// hashOf returns the hash that a session is kept by. That two of a million sessions have
// the same happens once in 40 million daemons, and shows one of them the other's time.
func hashOf(key session.Key) uint64 {
	var room [maxKey]byte
	text := append(room[:0], key.App...)
	text = append(text, '/')
	text = append(text, key.ID...)
	sum := sha256.Sum256(text)
	return binary.BigEndian.Uint64(sum[:])
}

// minuteOf returns the minute of a time, since 1970.
func minuteOf(t time.Time) uint32 {
	return uint32(max(0, t.Unix()/60)) //nolint:gosec // it is enough for 8,000 years
}

func timeOf(minute uint32) time.Time { return time.Unix(int64(minute)*60, 0).UTC() }
