//go:build soak && unix

package soak

import (
	"bytes"
	"maps"
	"os"
	"slices"
	"syscall"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// measure holds what the daemons at rest, with no clients but the follower, take of
// the machine against what they took at their first rest.
func (s *soak) measure() {
	for _, l := range s.daemons {
		one := l.life()
		watches := 1 + s.countFolders()
		l.watchesAll(watches)
		var last *footprint
		met := within(restPatience, func() bool {
			l.hangUpClients()
			f, err := footprintOf(one.PID(), s.grove.root)
			if err != nil {
				last = nil
				return true
			}
			last = f
			same := one.first == nil || maps.Equal(f.Descriptors, one.first.Descriptors)
			return same && f.Watches == watches && f.Descriptors[beneathRoot] == 0 && f.Descriptors["socket"] == restingSockets
		})
		switch {
		case last == nil:
			continue // it cannot be measured here
		case one.first == nil:
			one.first = last
		}
		if !met {
			l.diverge(session.Key{}, "--admit %s, life %d: at rest it has the descriptors %v, first %v; and %d watches for %d folders",
				l.admit, one.number, last.Descriptors, one.first.Descriptors, last.Watches, watches)
		}
		if l.admit == "follow" && s.warm.Load() {
			s.samples = append(s.samples, last.RSS)
			s.descriptors = [2]int{total(one.first.Descriptors), total(last.Descriptors)}
		}
	}
}

// watchesAll holds what the daemon says of its watches against the folders that there
// are: whatever kept it from watching has passed, so it is back at it.
func (l *lives) watchesAll(watches int) {
	var last api.Watch
	met := within(restPatience, func() bool {
		status, err := l.life().Now()
		last = status.Watch
		return l.ctx.Err() != nil || err == nil && last.Mode == "events" && !last.Degraded && last.Watches == watches
	})
	if !met {
		l.diverge(session.Key{}, "--admit %s, life %d: at rest it says of its watches %+v, want events and %d watches",
			l.admit, l.life().number, last, watches)
	}
}

func (s *soak) countFolders() int {
	entries, err := os.ReadDir(s.grove.root)
	if err != nil {
		s.diverge(session.Key{}, "the soak itself cannot read the root: %v", err)
	}
	n := 0
	for _, e := range entries {
		if e.IsDir() && session.IsAppFolderName(e.Name()) {
			n++
		}
	}
	return n
}

// hangUpClients closes what the soak's own clients keep open for the next question.
// One of the life before may have been answered by this one.
func (l *lives) hangUpClients() {
	l.life().Close()
	if l.former != nil {
		l.former.Close()
	}
}

// warmUp begins the life of the daemon that is measured to the end, and counts the
// goroutines of the one before. Where there is time, it lets a crowd of clients pass
// and fills the new one's change log: from then on memory must not grow.
func (s *soak) warmUp() {
	l := s.daemons[1]
	s.goroutines[0] = l.countGoroutines()
	if err := l.start(nil); err != nil {
		s.diverge(session.Key{}, "the soak itself cannot go on: %v", err)
		return
	}
	s.warm.Store(true)
	if *soakFor < longRun {
		return
	}
	s.crowd()
	w := &writer{soak: s, random: s.fork()}
	for filled := s.events.Load() + logLength; s.events.Load() < filled && s.ctx.Err() == nil; {
		if err := w.editAll(); err != nil {
			s.diverge(session.Key{}, "the soak itself cannot go on: %v", err)
		}
		l.refresh(s.ctx)
	}
	s.rest()
}

// logLength is how many changes the daemon remembers for followers who come back,
// and some more.
const logLength = 70_000

// logApart is how many bytes more the log takes where its changes come in passes of
// few than where they come a hundred at a time, as in the warm-up: some 60 each.
const logApart = 65_536 * 60

// editAll makes every session whole that has its place.
func (w *writer) editAll() error {
	for _, a := range w.grove.apps {
		if a.back != nil {
			continue
		}
		for _, f := range a.files {
			if err := w.makeOrdinary(f); err != nil {
				return err
			}
			temporary := f.path + ".tmp"
			if err := os.WriteFile(temporary, w.grove.valid(w.random, f.key), 0o644); err != nil {
				return err
			}
			if err := w.ledger.change(f.key, whole, func() error { return os.Rename(temporary, f.path) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// countGoroutines ends a daemon that is at rest without clients, in the way in
// which the Go runtime tells all goroutines.
func (l *lives) countGoroutines() int {
	one := l.life()
	l.hangUpClients()
	one.ending.Store(true)
	if err := one.Signal(syscall.SIGQUIT); err != nil {
		l.diverge(session.Key{}, "the soak itself cannot send a signal: %v", err)
	}
	if how, err := one.AwaitEnd(); err != nil || how != "2" {
		l.diverge(session.Key{}, "--admit %s, life %d: it ended with %q after SIGQUIT (%v)", l.admit, one.number, how, err)
	}
	log, err := os.ReadFile(one.log)
	if err != nil {
		l.diverge(session.Key{}, "the soak itself cannot read a log: %v", err)
	}
	l.bury(one)
	return bytes.Count(log, []byte("\ngoroutine "))
}

// flat holds what was resident in the last third of the measured life against the
// first. In a long run, all that grows by design has done so before, but for what
// the log needs for changes that come one by one, and everything that passes has
// passed once.
//
// In thirty minutes the daemon gets some 300,000 things to do: edits, passes, events
// to tell, requests, bad connections. Ten bytes lost with each come to 3 MB, of which
// the medians see two thirds: twice the bound. What the Go runtime keeps or gives
// back as it likes moves them by less than half of it.
func (s *soak) flat() {
	bound := int64(16 << 20)
	if *soakFor >= longRun {
		bound = 1<<20 + logApart
	}
	third := len(s.samples) / 3
	if third == 0 || harness.UnderRace() {
		return // too short to tell, or the race detector's memory
	}
	s.resident = [2]int64{median(s.samples[:third]), median(s.samples[2*third:])}
	if grown := s.resident[1] - s.resident[0]; grown > bound {
		s.diverge(session.Key{}, "the memory grew by %d bytes: %v", grown, s.samples)
	}
}

func total(kinds map[string]int) (n int) {
	for _, ofKind := range kinds {
		n += ofKind
	}
	return n
}

func median(values []int64) int64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// goroutineSlack is how many goroutines the Go runtime has now and then by itself.
const goroutineSlack = 3

// restingSockets are the one that the daemon listens on and that of the follower.
const restingSockets = 2

// beneathRoot is the kind of a descriptor of something in the tree: there is none
// at rest.
const beneathRoot = "beneath the root"
