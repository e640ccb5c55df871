package refresh

import (
	"sync"

	"sessiond/internal/session"
)

// deletions are the files that the daemon is deleting itself. It takes a file away before it
// knows whether it will be deleted, and of many it takes all away before the first is: that
// they are not there says nothing until it has said how it ended. It is safe for concurrent
// use.
type deletions struct {
	mu   sync.Mutex
	keys map[session.Key]int // how often it was begun and has not ended
}

func (d *deletions) begin(keys []session.Key) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.keys == nil {
		d.keys = make(map[session.Key]int, len(keys))
	}
	for _, key := range keys {
		d.keys[key]++
	}
}

func (d *deletions) end(keys []session.Key) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, key := range keys {
		if d.keys[key]--; d.keys[key] <= 0 {
			delete(d.keys, key)
		}
	}
	if len(d.keys) == 0 {
		d.keys = nil // a map keeps the room that it once had
	}
}

func (d *deletions) has(key session.Key) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.keys[key] > 0
}

// BeginDeletion says that the daemon is about to delete files. That a pass finds one absent
// counts for nothing, nor for many that are gone, until EndDeletion says that it is over. That
// is called after a pass that was told which files are deleted ([Request.Deleted]), or of
// those that are not, after a pass over them. Both may be called while a pass runs.
func (m *Memory) BeginDeletion(keys ...session.Key) { m.deletions.begin(keys) }

// EndDeletion ends what BeginDeletion began, for some of its files.
func (m *Memory) EndDeletion(keys ...session.Key) { m.deletions.end(keys) }
