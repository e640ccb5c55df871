package store

import (
	"iter"
	"time"

	"github.com/tidwall/btree"

	"sessiond/internal/session"
)

// row is a session in memory. There may be a million, so a row holds no key (the
// session has it) and no time.Time.
type row struct {
	session  *session.Session
	modified int64 // nanoseconds since 1970, like loadedAt
	loadedAt int64
	revision uint64
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
	before := func(a, b row) bool { return a.session.Key().Compare(b.session.Key()) < 0 }
	return sessions{btree.NewBTreeGOptions(before, btree.Options{NoLocks: true})}
}

func (t sessions) snapshot() sessions { return sessions{t.tree.Copy()} }

func (t sessions) len() int { return t.tree.Len() }

func (t sessions) get(key session.Key) (row, bool) {
	return t.tree.Get(row{session: session.Named(key)})
}

// put returns what stood there before. It is faster near to where the hint was last.
func (t sessions) put(r row, near *btree.PathHint) (old row) {
	old, _ = t.tree.SetHint(r, near)
	return old
}

// drop returns what stood there before, as put does.
func (t sessions) drop(s *session.Session, near *btree.PathHint) (old row) {
	old, _ = t.tree.DeleteHint(row{session: s}, near)
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
	return func(yield func(row) bool) { t.tree.Ascend(row{session: session.Named(key)}, yield) }
}
