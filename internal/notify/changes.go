package notify

import (
	"math/rand/v2"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"

	"sessiond/internal/session"
)

// changes are what a server has not been told.
type changes struct {
	updated, removed int
	trigger          session.Trigger // of the last of them
	edited           bool            // one of them was made through the daemon
	since            time.Time       // of the first; zero for none
}

func (c changes) none() bool { return c.since.IsZero() }

// and returns these changes and later ones.
func (c changes) and(later changes) changes {
	switch {
	case later.none():
		return c
	case c.none():
		return later
	}
	return changes{
		updated: c.updated + later.updated, removed: c.removed + later.removed,
		trigger: later.trigger, edited: c.edited || later.edited, since: c.since,
	}
}

// changesOf returns what a pass did that a 4D server does not know. It made what was
// admitted.
func changesOf(o *session.Outcome, now time.Time) changes {
	c := changes{updated: o.Report.Updated, removed: o.Report.Removed}
	if c.updated+c.removed == 0 {
		return changes{}
	}
	c.since = now
	for _, change := range o.Changes {
		if change.Kind == session.ChangeAdmitted {
			continue
		}
		c.trigger = o.TriggerOf(change)
		c.edited = c.edited || c.trigger == session.TriggerEdit
	}
	if c.edited {
		c.trigger = session.TriggerEdit
	}
	return c
}

// block is what keeps a server from being told.
type block struct {
	loading        bool
	inMotion, held int
	away           int
}

func (b block) is() bool { return b != block{} }

// String says what is waited for.
func (b block) String() string {
	if b.loading {
		return "the sessions are not loaded yet"
	}
	var parts []string
	if b.inMotion > 0 {
		parts = append(parts, english.Plural(b.inMotion, "file is in motion", "files are in motion"))
	}
	if b.held > 0 {
		parts = append(parts, english.Plural(b.held, "removal is held back", "removals are held back"))
	}
	if b.away > 0 {
		parts = append(parts, "a mount is away, or the root cannot be listed")
	}
	return strings.Join(parts, ", and ")
}

// maxBackOff bounds the time between two attempts, unless the interval is longer.
const maxBackOff = time.Minute

// backOff returns how long to wait after a number of failures in a row: never less than
// the interval, doubled with each failure, and up to half as much again by chance, so
// that many daemons do not come at once to a server that has come back.
func backOff(failures int, interval time.Duration) time.Duration {
	d := interval
	for range failures - 1 {
		if d >= maxBackOff {
			break
		}
		d = min(2*d, maxBackOff)
	}
	return d + rand.N(d/2+1) //nolint:gosec // chance is not for secrets here
}

// message is the body of a request.
type message struct {
	Epoch    session.Epoch   `json:"epoch"`
	Revision uint64          `json:"revision"`
	Updated  int             `json:"updated"`
	Removed  int             `json:"removed"`
	Trigger  session.Trigger `json:"trigger"`
}
