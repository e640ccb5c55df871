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
	known []known
	// toLook and toRead are numbers of files in the batch.
	toLook, toRead []int
	// odd are the files about which there is something to decide.
	odd []oddity
}

// known is what is known of a file before it is looked at: a copy, so that the
// record itself can be left to others.
type known struct {
	record  uint32
	mark    mark
	session *session.Session
	// quiet is true where nothing is to be decided while the mark holds.
	quiet bool
	// wanted is true for a valid file whose session should be in memory and is
	// not: it is read although the mark holds.
	wanted bool
}

type oddity struct {
	record uint32
	observation
}

func (s *step) reset() {
	if s.batch.Abandoned() {
		s.batch = &mobileapps.Batch{}
	}
	s.batch.Reset()
	clear(s.known) // or it would keep sessions alive until it is used again
	clear(s.odd)
	s.known, s.odd = s.known[:0], s.odd[:0]
	s.toLook, s.toRead = s.toLook[:0], s.toRead[:0]
}

// take looks up what is known of the files of a step, in a record each, and
// decides what is to be done about them.
func (l *looker) take(s *step) {
	l.app.mu.Lock()
	defer l.app.mu.Unlock()
	for i := range s.batch.Len() {
		e := s.batch.Entry(i)
		n, found := l.app.files.find(e.Name(), l.expected)
		if !found {
			n = l.app.files.add(e.Name())
		}
		l.expected = n + 1
		f := l.app.files.at(n)
		s.known = append(s.known, known{record: n, mark: f.mark, session: f.session})
		if f.seen == l.pass.number() {
			continue // recreated while the folder was listed, and listed again
		}
		f.seen = l.pass.number()
		l.seen++
		k := &s.known[i]
		about := subject{f, n, l.app.files.matters[n]}
		k.quiet = about.matter == nil
		e.Fresh = about.matter != nil && (about.matter.inMotion() || about.matter.isHeld())
		k.wanted = f.isNotInMemory() && l.admits(&about)
		if e.Certain() && (f.verdict == unjudged || k.wanted) {
			s.toRead = append(s.toRead, i)
		} else {
			s.toLook = append(s.toLook, i)
		}
	}
	if l.pass.admit {
		l.t.effects.grow(len(s.toRead)) // nearly all are valid
	}
}

// do looks at the files of a step, reads those that may have changed, and
// decides.
func (l *looker) do(s *step) {
	var counts session.Counts
	mobileapps.Look(l.folder, s.batch, s.toLook)
	for _, i := range s.toLook {
		e, k := s.batch.Entry(i), &s.known[i]
		switch {
		case e.Err != nil:
			s.odd = append(s.odd, oddity{k.record, observation{err: e.Err, gone: l.listed}})
		case l.rereads || k.wanted || !l.pass.holds(&k.mark, &e.Signature):
			s.toRead = append(s.toRead, i)
		case !k.quiet:
			s.odd = append(s.odd, oddity{k.record, observation{stands: true}})
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

// readAtOnce is how many files are read before something is decided about them: what
// was found is still near then, and takes little room.
const readAtOnce = 64

// read reads the files of a step that are to be read, and judges them. It decides
// about some as soon as they are many.
func (l *looker) read(s *step) {
	begun := l.pass.cfg.Clock()
	mobileapps.Read(l.folder, s.batch, s.toRead, func(i int, c mobileapps.Content, err error) {
		s.odd = append(s.odd, oddity{s.known[i].record, observation{err: err, gone: true, content: c, begun: begun}})
		o := &s.odd[len(s.odd)-1]
		l.judge(o, s.batch.Entry(i), s.known[i].session)
		if len(s.odd) >= readAtOnce {
			l.decide(s, &session.Counts{})
			begun = l.pass.cfg.Clock()
		}
	})
}

// judge judges what was read of a file whose session in memory is has.
func (l *looker) judge(o *oddity, e *mobileapps.Entry, has *session.Session) {
	data := o.content.Data
	o.content.Data = nil
	switch {
	case o.err != nil || !o.content.Stable:
	case has != nil && has.Digest() == session.DigestOf(data):
		o.same = true
	default:
		o.session, o.problem = l.pass.cfg.Judge.Judge(session.Place{Folder: l.app.folder, ID: e.Name()}, data)
	}
}

// decide decides about the odd files of a step, unless one of them, or of those that
// others looked at, told that it is the folder where something is wrong: the folder
// stands for them then. It adds to what was counted.
func (l *looker) decide(s *step, counted *session.Counts) {
	ended := l.pass.cfg.Clock()
	l.app.mu.Lock()
	defer l.app.mu.Unlock()
	add(&l.t.counts, counted)
	for i := range s.odd {
		if err := s.odd[i].err; l.fault == nil && mobileapps.IsFolders(err) {
			l.fault = err
		}
	}
	if l.fault == nil {
		for i := range s.odd {
			s.odd[i].ended = ended
			l.file(s.odd[i].record, &s.odd[i].observation)
		}
	}
	clear(s.odd)
	s.odd = s.odd[:0]
}

// absentees decides about the files that are remembered and that this pass has
// not found.
func (l *looker) absentees() {
	l.app.mu.Lock()
	defer l.app.mu.Unlock()
	if l.seen == l.app.files.live {
		return
	}
	for n, f := range l.app.files.all() {
		if f.seen != l.pass.number() {
			l.file(n, &observation{err: fs.ErrNotExist})
		}
	}
}
