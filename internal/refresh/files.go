package refresh

import (
	"bytes"
	"hash/maphash"
	"iter"

	"sessiond/internal/session"
)

// files are the records of the files of an app folder, in the order in which
// they were first listed: mostly the order in which the next listing brings
// them, so that the record of each is found beside that of the one before.
//
// A record never moves while it is in use; a name is kept once, beside it.
type files struct {
	chunks []*chunk
	index  []uint32 // an open hash table of record numbers + 1; 0 is free
	seed   maphash.Seed
	added  uint32 // records that were ever added since the last compaction
	live   int    // records that are in use
	// matters are what there is to say of few files, by record; nil where there is
	// nothing to say of any.
	matters map[uint32]*matter
}

// chunkLen is how many records lie together: as many as fill 2 KiB, with the
// allocator's own word, since what is a little larger takes much more. A folder
// with few files has room for too many, which is why they are few.
const chunkLen = 50

type chunk struct {
	records [chunkLen]file
	names   []byte
}

func newFiles() *files { return &files{seed: maphash.MakeSeed()} }

// at returns a record by its number.
func (t *files) at(n uint32) *file { return &t.chunks[n/chunkLen].records[n%chunkLen] }

// name returns the name of a record's file.
func (t *files) name(n uint32) []byte {
	f := t.at(n)
	return t.chunks[n/chunkLen].names[f.name:][:f.nameLen]
}

// is reports whether a record is that of a name, which is not empty: one that is
// not in use is that of none.
func (t *files) is(n uint32, name []byte) bool {
	return n < t.added && bytes.Equal(t.name(n), name)
}

// find returns the number of a name's record. It looks first at the record that
// is expected to be it.
func (t *files) find(name []byte, expected uint32) (n uint32, found bool) {
	if t.is(expected, name) {
		return expected, true
	}
	if len(t.index) == 0 {
		return 0, false
	}
	for slot := t.slot(name); ; slot = t.next(slot) {
		entry := t.index[slot]
		if entry == 0 {
			return 0, false
		}
		if t.is(entry-1, name) {
			return entry - 1, true
		}
	}
}

// add makes a record for a name that has none.
func (t *files) add(name []byte) uint32 {
	if int(t.added)+1 > len(t.index)/4*3 {
		t.grow()
	}
	n := t.added
	t.added++
	t.live++
	if n%chunkLen == 0 {
		t.chunks = append(t.chunks, &chunk{})
	}
	c := t.chunks[n/chunkLen]
	if cap(c.names) == 0 {
		c.names = make([]byte, 0, chunkLen*len(name)) // most names are as long as the first
	}
	c.records[n%chunkLen] = file{name: uint16(len(c.names)), nameLen: uint16(len(name))} //nolint:gosec // a chunk of the longest names has less than 64 KiB
	c.names = append(c.names, name...)
	t.enter(n)
	return n
}

// keep keeps the matter of a record, as long as that says anything.
func (t *files) keep(n uint32, m *matter) {
	if m.settled() {
		delete(t.matters, n)
		return
	}
	if t.matters == nil {
		t.matters = make(map[uint32]*matter)
	}
	t.matters[n] = m
}

// drop gives a record up.
func (t *files) drop(n uint32) {
	*t.at(n) = file{}
	delete(t.matters, n)
	t.live--
}

// all yields the records that are in use.
func (t *files) all() iter.Seq2[uint32, *file] {
	return func(yield func(uint32, *file) bool) {
		for n := range t.added {
			if f := t.at(n); f.nameLen > 0 && !yield(n, f) {
				return
			}
		}
	}
}

// compact makes room where more records were given up than are in use, and where all
// matters ended: a map keeps the room that it once had. All numbers change with it.
func (t *files) compact() {
	if len(t.matters) == 0 {
		t.matters = nil
	}
	if gone := int(t.added) - t.live; gone < chunkLen || gone < t.live {
		return
	}
	fresh := newFiles()
	for n, f := range t.all() {
		to := fresh.add(t.name(n))
		moved := fresh.at(to)
		name := moved.name
		*moved = *f
		moved.name = name
		if m := t.matters[n]; m != nil {
			fresh.keep(to, m)
		}
	}
	*t = *fresh
}

// firstIndex is the length of the first hash table.
const firstIndex = 64

// grow makes a hash table of twice the size.
func (t *files) grow() {
	t.index = make([]uint32, max(2*len(t.index), firstIndex))
	for n := range t.all() {
		t.enter(n)
	}
}

func (t *files) enter(n uint32) {
	slot := t.slot(t.name(n))
	for t.index[slot] != 0 {
		slot = t.next(slot)
	}
	t.index[slot] = n + 1
}

// slot is where the search for a name begins. The length of the table is a power
// of two.
func (t *files) slot(name []byte) int {
	return int(maphash.Bytes(t.seed, name) & uint64(len(t.index)-1)) //nolint:gosec // less than the length
}

func (t *files) next(slot int) int { return (slot + 1) & (len(t.index) - 1) }

// file is what is remembered of one session file. There may be a million of
// them: what few of them need lies in their matters.
type file struct {
	session *session.Session // in memory; nil where it is not

	mark // of the last verdict that counted

	name uint16 // where its name begins among those of its chunk
	// nameLen is 0 where the record is not in use.
	nameLen uint16
	seen    uint32 // the pass that looked at it last, the last 32 bits of its number
}

// isNotInMemory reports whether it is a valid file without a session.
func (f *file) isNotInMemory() bool { return f.verdict == valid && f.session == nil }
