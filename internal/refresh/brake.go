package refresh

import (
	"time"
)

// When many files disappear at once, that is seldom intended: a backup is being
// copied back, a synchroniser is at work, a disk zeroes files. So removals that
// nobody asked for are held back where they are many, until the folders have been
// quiet for a while (refresh contract, section 3).
const (
	// brakeFraction and brakeLeast say what is many: more than one in
	// brakeFraction of the sessions, and more than brakeLeast.
	brakeFraction = 5
	brakeLeast    = 20
	// brakeLimit is how many times the quiet time a removal is held at most.
	brakeLimit = 10
)

// brake sums removals. All times are monotonic.
type brake struct {
	// quiet is both the time over which removals are summed and the one for which
	// nothing may come back before those that are held count; 0 turns it off.
	quiet time.Duration
	// window has the passes within the last quiet time that changed the number of
	// sessions.
	window []braked
	// held is how many removals are held back since an earlier pass.
	held int
	// cameBack is when the last held key came back, or another key appeared beside
	// one.
	cameBack time.Duration
}

// braked is one pass, or several that followed closely.
type braked struct {
	at      time.Duration
	before  int // sessions in memory when it began
	removed int // without anybody having asked
}

// candidate is a removal that the looks agree on and that nobody asked for.
type candidate struct {
	*folderScan
	entry entry
	found observation
	was   state
}

// note writes down a pass that began at a time, with so many sessions in memory,
// and removed some without anybody having asked; changed says that there is another
// number of sessions now.
func (b *brake) note(now time.Duration, before, removed int, changed bool) {
	if b.quiet == 0 || !changed && removed == 0 {
		return
	}
	// Passes that follow closely count as one: the sum stays exact to a hundredth
	// of the quiet time.
	if n := len(b.window); n > 0 && now-b.window[n-1].at < b.quiet/100 {
		b.window[n-1].removed += removed
		return
	}
	b.window = append(b.window, braked{now, before, removed})
}

// isMany reports whether removals come to too many, with those of the window;
// sessions is how many are in memory now. It forgets what is older than the window.
func (b *brake) isMany(removals, sessions int, now time.Duration) bool {
	for len(b.window) > 0 && now-b.window[0].at > b.quiet {
		b.window = b.window[1:]
	}
	sum := removals
	for _, w := range b.window {
		sum += w.removed
	}
	if len(b.window) > 0 {
		sessions = b.window[0].before
	}
	return b.quiet > 0 && sum > brakeLeast && sum*brakeFraction > sessions
}

// release returns when a removal counts that has been held since a time.
func (b *brake) release(since time.Duration) time.Duration {
	return min(max(since, b.cameBack)+b.quiet, since+brakeLimit*b.quiet)
}

// decideRemovals decides about the removals that the looks of the pass agree on and
// that nobody asked for. It runs after all scans: what came back in one folder
// keeps the sessions of the others, too.
func (p *pass) decideRemovals(scans []*folderScan) {
	now := p.start.Mono
	held := p.brake.held
	for _, l := range scans {
		held += l.t.held
		if l.cameBack {
			p.brake.cameBack = now
		}
	}
	var fresh, due []candidate
	for _, l := range scans {
		for _, c := range l.candidates {
			switch {
			case !c.isHeld():
				fresh = append(fresh, c)
			case p.brake.release(c.entry.state.pending.heldSince) <= now:
				due = append(due, c)
			default:
				c.holdBack()
			}
		}
	}
	if len(due) > 0 && !p.sawAllHeld(scans) {
		// What came back beside them may not have been looked at: a look is due.
		for _, c := range due {
			c.holdBack()
		}
		due = nil
	}
	many := held
	if len(fresh) > 0 {
		// Of what is in motion: the candidates that are not held back yet, and those on
		// which the looks do not agree yet. While a tree is being copied back, most are
		// of the second kind: their folders change all the time. What somebody asked
		// for is none.
		many += p.looks.removable
	}
	if p.brake.isMany(many, p.sessions, now) {
		for _, c := range fresh {
			c.holdBack()
		}
		fresh = nil
	}
	for _, c := range append(due, fresh...) {
		c.commit()
	}
	p.unasked = len(due) + len(fresh)
}

// sawAllHeld reports whether the pass looked at all files of each folder with removals
// that are held back.
func (p *pass) sawAllHeld(scans []*folderScan) bool {
	unseen := len(p.holding)
	for _, l := range scans {
		unseen -= toInt(l.app.held > 0 && l.whole)
	}
	return unseen == 0
}

// isHeld reports whether the removal is held back since an earlier pass.
func (c *candidate) isHeld() bool {
	return c.entry.state != nil && c.entry.state.isHeld()
}

// commit removes the session.
func (c *candidate) commit() {
	f := c.entry
	if c.found.problem != nil {
		c.note(f, c.reject(f, &c.found), c.was)
		return
	}
	c.note(f, c.delete(f), c.was)
}

// holdBack keeps the session until the removal may take effect, or its file is
// valid again.
func (c *candidate) holdBack() {
	f := c.entry
	w := c.hold(f.state)
	w.next = c.pass.brake.release(w.heldSince)
	what := foundMissing
	if c.found.problem != nil {
		what = foundUnsettled
	}
	c.note(f, what, c.was)
}
