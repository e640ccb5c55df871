package refresh

import (
	"maps"
	"strings"

	"sessiond/internal/session"
)

// file is what is remembered of one session file. There may be a million of them:
// what few of them need lies in their state.
type file struct {
	session *session.Session // in memory; nil where it is not
	verdictRecord
	// state is nil where there is nothing more to say.
	state *keyState
	seen  uint32 // the pass that looked at it last, the last 32 bits of its number
}

// isNotInMemory reports whether it is a valid file without a session.
func (f *file) isNotInMemory() bool { return f.verdict == valid && f.session == nil }

// entry is a file with its name, as it is looked at.
type entry struct {
	id string
	*file
}

// files are the files of an app folder, by their names.
type files struct {
	byID map[string]*file
	// most is how many there were at once: a map keeps the room that it once had.
	most int
}

// expect makes room for so many files where none is known yet.
func (t *files) expect(n int) {
	if len(t.byID) == 0 {
		t.byID = make(map[string]*file, n)
	}
}

// get returns the record of a name, a new one where there is none. The entry of one
// that was there has no name yet: most are never named.
func (t *files) get(name []byte) entry {
	if f := t.byID[string(name)]; f != nil {
		return entry{file: f}
	}
	e := entry{string(name), &file{}}
	t.byID[e.id] = e.file
	t.most = max(t.most, len(t.byID))
	return e
}

// rename makes the map's key of a file whose session changed a part of the new
// session, so that it takes no memory of its own and does not keep the old session
// alive.
func (t *files) rename(f entry) {
	delete(t.byID, f.id)
	switch {
	case f.session != nil:
		f.id = f.session.Key().ID
	case f.state != nil:
		f.id = f.state.key.ID
	default:
		f.id = strings.Clone(f.id)
	}
	t.byID[f.id] = f.file
}

// shrinkFrom is how many files a folder must have had to be worth making a smaller
// map for those that are left.
const shrinkFrom = 1024

// shrink gives back the memory of files that are gone, where they were many.
func (t *files) shrink() {
	if t.most < shrinkFrom || len(t.byID) > t.most/4 {
		return
	}
	left := make(map[string]*file, len(t.byID))
	maps.Copy(left, t.byID)
	t.byID, t.most = left, len(left)
}
