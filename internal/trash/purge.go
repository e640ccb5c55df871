package trash

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	// purgeEvery is the time between looks for files that were kept long enough.
	purgeEvery = 10 * time.Minute
	// purgeAfter is for how long after a start nothing is removed: the clock of a
	// machine that has just started may be wrong.
	purgeAfter = time.Hour
)

// Run removes what was kept long enough, until ctx ends. Failed is told what goes wrong.
func (t *Trash) Run(ctx context.Context, failed func(error)) {
	ticker := time.NewTicker(purgeEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := t.purgeOld(); err != nil {
			failed(err)
		}
	}
}

// purgeOld removes what was kept long enough.
func (t *Trash) purgeOld() error {
	now := t.time()
	if now.Sub(t.started) < purgeAfter {
		return nil
	}
	entries, err := t.names()
	if err != nil {
		return fmt.Errorf("cannot list the trash: %w", withoutPath(err))
	}
	var old []string
	for _, e := range entries { // sorted by name, the oldest first
		id := e.Name()
		if !isID(id) {
			continue
		}
		at, err := time.Parse(timeOfID, id[:strings.LastIndexByte(id, '-')])
		if err != nil || now.Sub(at) <= t.keep {
			break
		}
		old = append(old, id)
	}
	if len(old) == 0 {
		return nil
	}
	return errors.Join(t.Purge(old...))
}

// time returns the time by the clock or, where that was set forward since the start, by
// what has passed since: a clock that jumps removes nothing early.
func (t *Trash) time() time.Time {
	now, passed := t.now(), t.started.Add(t.since(t.started))
	if passed.Before(now) {
		return passed
	}
	return now
}
