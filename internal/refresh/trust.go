package refresh

import (
	"hash/maphash"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// A signature that is still the same says that the content is, unless the file
// was written twice within one tick of the file system's clock, with our read in
// between: then the second write left no trace. Git calls such a file racily
// clean. The rules here say when a signature may be believed:
//
//   - same-size edits in one tick: it is believed once the file was read at
//     least one tick after the signature was first seen. The monotonic clock
//     measures that, so a file server's clock may be behind ours;
//   - an mtime set back, a hard link, a swap by rename: the ctime or the inode
//     tells, there is nothing to believe;
//   - a wall clock set back: a later edit could get the time stamps of an
//     earlier one, so nothing is believed any more that was seen before, and
//     nothing from the future until its time has come and gone;
//   - a tree that has not changed for long is not read twice at start-up: where
//     both time stamps are older than any clock is wrong, one read is enough;
//   - no ctime of its own (FAT, FUSE, SMB): an mtime set back leaves no trace. So a
//     pass believes nothing there, unless it only polls or looks again at what is
//     unsettled: those come too often to read everything each time.
const (
	// tick is the coarsest time stamp in use (two seconds, FAT), with a margin.
	tick = 2500 * time.Millisecond
	// oldAge is beyond what clocks of two machines are apart.
	oldAge = 24 * time.Hour
	// setBack is how far the wall clock must fall behind the monotonic one
	// between two passes to count as set back. It is less than the margin of
	// tick and more than slewing does.
	setBack = 100 * time.Millisecond
)

// verdictRecord is the last verdict that counted about a file, the signature that the
// file had then, and whether that proves that the content is still the same.
type verdictRecord struct {
	sig       uint64        // what [Memory.hash] makes of it
	firstSeen time.Duration // monotonic: when the signature was first seen
	epoch     uint16        // of the wall clock
	verdict   verdict
	believed  bool
}

type verdict uint8

const (
	unjudged verdict = iota
	valid
	invalid
)

// hash makes of a signature what is kept in the record of a file: a fifth of the
// size, a million times. Two signatures have the same hash with a probability of
// 2^-64, which cannot be raised without knowing the seed.
func (m *Memory) hash(sig *mobileapps.Signature) uint64 { return maphash.Comparable(m.seed, *sig) }

// holds reports whether a file with this signature need not be read again.
func (m *Memory) holds(last *verdictRecord, sig *mobileapps.Signature) bool {
	return last.believed && last.verdict != unjudged && last.epoch == m.clockEpoch && last.sig == m.hash(sig)
}

// rereads reports whether the pass reads every file that it looks at on a file system,
// since no signature proves anything there.
func (p *pass) rereads(on mobileapps.FileSystem) bool {
	return on.NoCtime && p.req.Trigger != session.TriggerPoll && p.req.Trigger != session.TriggerRetry
}

// remember notes a file as read and judged. The read took from begun to ended, or
// less.
func (m *Memory) remember(f *file, v verdict, c *mobileapps.Content, begun, ended Instant) {
	if sig := m.hash(&c.Signature); f.sig != sig || f.epoch != m.clockEpoch || f.verdict == unjudged {
		f.verdictRecord = verdictRecord{sig: sig, firstSeen: ended.Mono, epoch: m.clockEpoch}
	}
	f.verdict = v
	rested := begun.Mono-f.firstSeen >= tick
	past := begun.Wall.Sub(time.Unix(0, c.Ctime)) >= tick
	old := begun.Wall.Sub(c.Newest()) > oldAge
	f.believed = rested && past || old
}

// noticeClock starts a new epoch where the wall clock was set back since the
// last pass.
func (m *Memory) noticeClock(now Instant) {
	if m.passes > 0 {
		wall := now.Wall.Sub(m.lastPass.Wall)
		mono := now.Mono - m.lastPass.Mono
		if wall < mono-setBack {
			m.clockEpoch++
		}
	}
	m.lastPass = now
}
