package store

import (
	"encoding/binary"
	"iter"
	"time"
	"unique"

	"github.com/tidwall/btree"

	"sessiond/internal/session"
)

// row is a session in memory. There may be a million, so a row holds no key (the
// session has it) and no time.Time.
//
// It has enough of the key to be put in order: a search that went to the session for
// that would wait for main memory at each step.
type row struct {
	session  *session.Session
	app      unique.Handle[string]
	id       uint64 // the beginning of the session's ID, in its order
	modified int64  // nanoseconds since 1970, like loadedAt
	loadedAt int64
	revision uint64
}

// newRow returns the row of a session without times and revision, as it is searched for.
func newRow(s *session.Session) row {
	var id [8]byte
	copy(id[:], s.Key().ID)
	return row{session: s, app: s.AppFolder(), id: binary.BigEndian.Uint64(id[:])}
}

// before reports whether the key of a session is before that of another.
func (r row) before(other row) bool {
	switch {
	case r.app != other.app:
		return session.Key{App: r.app.Value()}.Compare(session.Key{App: other.app.Value()}) < 0
	case r.id != other.id:
		return r.id < other.id
	}
	return r.session.Key().ID < other.session.Key().ID
}

func (r row) loaded() session.Loaded {
	return session.Loaded{
		Session:  r.session,
		Modified: time.Unix(0, r.modified).UTC(),
		LoadedAt: time.Unix(0, r.loadedAt).UTC(),
		Revision: r.revision,
	}
}

// sessions is the table of the sessions in memory, in the order of their keys. What
// [table] says of writers, readers and snapshots holds for it, too.
type sessions struct{ tree *btree.BTreeG[row] }

func newSessions() sessions {
	return sessions{btree.NewBTreeGOptions(row.before, btree.Options{NoLocks: true})}
}

func (t sessions) snapshot() sessions { return sessions{t.tree.Copy()} }

func (t sessions) len() int { return t.tree.Len() }

func (t sessions) get(key session.Key) (row, bool) {
	return t.tree.Get(newRow(session.Named(key)))
}

// put returns what stood there before. It is faster near to where the hint was last.
func (t sessions) put(r row, near *btree.PathHint) (old row) {
	old, _ = t.tree.SetHint(r, near)
	return old
}

// drop returns what stood there before, as put does.
func (t sessions) drop(s *session.Session, near *btree.PathHint) (old row) {
	old, _ = t.tree.DeleteHint(newRow(s), near)
	return old
}

// compact gives back the memory that growing left over: both halves of a node that
// was split keep all of it, until they are copied.
func (t sessions) compact() {
	t.tree.Copy() // so that what follows copies every node
	t.tree.ScanMut(func(row) bool { return true })
}

// from yields the rows in ascending order, beginning with the key itself.
func (t sessions) from(key session.Key) iter.Seq[row] {
	return func(yield func(row) bool) { t.tree.Ascend(newRow(session.Named(key)), yield) }
}
