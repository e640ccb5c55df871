package refresh

import (
	"io/fs"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// step is one step of a listing: some files, and what is known of each of them.
// Only the first and the last part of a step need the app's lock: between them
// workers look and read.
type step struct {
	batch *mobileapps.Batch
	known []snapshot
	// toLook and toRead are numbers of files in the batch.
	toLook, toRead []int
	// toDecide are the files about which there is something to decide.
	toDecide []toDecide
}

// snapshot is what is known of a file before it is looked at: a copy, so that the
// record itself can be left to others.
type snapshot struct {
	entry   entry
	record  verdictRecord
	session *session.Session
	// quiet is true where nothing is to be decided while the record holds.
	quiet bool
	// wanted is true for a valid file whose session should be in memory and is
	// not: it is read although the record holds.
	wanted bool
}

type toDecide struct {
	entry entry
	observation
}

func (s *step) reset() {
	s.batch.Reset()
	clear(s.known) // or it would keep sessions alive until it is used again
	clear(s.toDecide)
	s.known, s.toDecide = s.known[:0], s.toDecide[:0]
	s.toLook, s.toRead = s.toLook[:0], s.toRead[:0]
}

// named returns one of the files with its name, which is a part of its session where
// it has one.
func (s *step) named(i int) entry {
	k := &s.known[i]
	switch {
	case k.entry.id != "":
	case k.session != nil:
		k.entry.id = k.session.Key().ID
	default:
		k.entry.id = s.batch.Entry(i).ID()
	}
	return k.entry
}

// take looks up what is known of the files of a step, in a record each, and
// decides what is to be done about them.
func (l *folderScan) take(s *step) {
	l.app.mu.Lock()
	defer l.app.mu.Unlock()
	l.app.files.expect(s.batch.Len())
	for i := range s.batch.Len() {
		e := s.batch.Entry(i)
		f := l.app.files.get(e.Name())
		s.known = append(s.known, snapshot{entry: f, record: f.verdictRecord, session: f.session})
		if f.seen == l.pass.number() {
			continue // recreated while the folder was listed, and listed again
		}
		f.seen = l.pass.number()
		l.seen++
		k := &s.known[i]
		k.quiet = f.state == nil
		e.Fresh = f.state != nil && (f.state.inMotion() || f.state.isHeld())
		k.wanted = f.isNotInMemory() && l.admits(s.named(i))
		if e.Certain() && (f.verdict == unjudged || k.wanted) {
			s.toRead = append(s.toRead, i)
		} else {
			s.toLook = append(s.toLook, i)
		}
	}
}

// do looks at the files of a step, reads those that may have changed, and
// decides.
func (l *folderScan) do(s *step) {
	var counts session.Counts
	mobileapps.Look(l.folder, s.batch, s.toLook)
	for _, i := range s.toLook {
		e, k := s.batch.Entry(i), &s.known[i]
		switch {
		case e.Err != nil:
			s.toDecide = append(s.toDecide, toDecide{s.named(i), observation{err: e.Err, gone: l.listed}})
		case l.rereads || k.wanted || !l.pass.holds(&k.record, &e.Signature):
			s.toRead = append(s.toRead, i)
		case !k.quiet:
			s.toDecide = append(s.toDecide, toDecide{s.named(i), observation{stands: true}})
		case k.session != nil:
			count(&counts, foundUnchanged, 1)
		default:
			count(&counts, foundNotInMemory, 1)
		}
	}
	if len(s.toRead) > 0 {
		l.read(s)
	}
	l.decide(s, &counts)
}

// readAtOnce is how many files are read before their results are decided about,
// which bounds what is kept meanwhile.
const readAtOnce = 64

// read reads the files of a step that are to be read, and judges them. It decides
// about some as soon as they are many.
func (l *folderScan) read(s *step) {
	begun := l.pass.cfg.Clock() // for all: they may be read long before they are judged
	mobileapps.Read(l.folder, s.batch, s.toRead, func(i int, c mobileapps.Content, err error) {
		s.toDecide = append(s.toDecide, toDecide{s.named(i), observation{err: err, gone: true, content: c, begun: begun}})
		o := &s.toDecide[len(s.toDecide)-1]
		l.judge(o, s.known[i].session)
		if len(s.toDecide) >= readAtOnce {
			l.decide(s, &session.Counts{})
		}
	})
}

// judge judges what was read of a file whose session in memory is has.
func (l *folderScan) judge(o *toDecide, has *session.Session) {
	data := o.content.Data
	o.content.Data = nil
	switch {
	case o.err != nil || !o.content.Stable:
	case has != nil && has.Digest() == session.DigestOf(data):
		o.same = true
	default:
		key := l.key(o.entry)
		if has != nil {
			key = key.Clone() // a problem would keep the session's content alive
		}
		o.session, o.problem = l.pass.cfg.Judge.Judge(key, data)
	}
}

// decide decides about the files of a step that are to be decided. If one of them,
// or of another step, showed that the fault is the folder's, nothing is decided:
// the folder is reported in their place. It also adds what was counted.
func (l *folderScan) decide(s *step, counted *session.Counts) {
	ended := l.pass.cfg.Clock()
	l.app.mu.Lock()
	defer l.app.mu.Unlock()
	add(&l.t.counts, counted)
	for i := range s.toDecide {
		if err := s.toDecide[i].err; l.fault == nil && mobileapps.IsFolders(err) {
			l.fault = err
		}
	}
	if l.fault == nil {
		for i := range s.toDecide {
			s.toDecide[i].ended = ended
			l.file(s.toDecide[i].entry, &s.toDecide[i].observation)
		}
	}
	clear(s.toDecide)
	s.toDecide = s.toDecide[:0]
}

// absentees decides about the files that are remembered and that this pass has
// not found.
func (l *folderScan) absentees() {
	l.app.mu.Lock()
	defer l.app.mu.Unlock()
	if l.seen == len(l.app.files.byID) {
		return
	}
	for id, f := range l.app.files.byID {
		if f.seen != l.pass.number() {
			l.file(entry{id, f}, &observation{err: fs.ErrNotExist})
		}
	}
}
