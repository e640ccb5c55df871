package store

import (
	"iter"

	"github.com/tidwall/btree"

	"sessiond/internal/session"
)

// table is a map in the order of its keys. It takes no locks: a table that is
// written belongs to its writer alone, and others read a [table.snapshot].
type table[K, T any] struct {
	tree *btree.BTreeG[keyed[K, T]]
}

// keyed is an entry of a table. The key is kept beside the value, so that a search
// needs neither a value made for it nor access to one.
type keyed[K, T any] struct {
	key   K
	value T
}

// newTable returns an empty table in the order of compare.
func newTable[K, T any](compare func(a, b K) int) table[K, T] {
	before := func(a, b keyed[K, T]) bool { return compare(a.key, b.key) < 0 }
	return table[K, T]{btree.NewBTreeGOptions(before, btree.Options{NoLocks: true})}
}

// snapshot returns the table as it is now, for any number of readers.
//
// The two share their nodes. To copy a BTreeG gives both trees a new identity,
// also the source, so that the writer, before it writes to a node that was
// there by then, makes a copy of that node for itself. As copying writes to
// the source, only the writer may do it, and only to its own table: never to a
// snapshot that readers hold.
func (t table[K, T]) snapshot() table[K, T] { return table[K, T]{t.tree.Copy()} }

func (t table[K, T]) len() int { return t.tree.Len() }

func (t table[K, T]) get(key K) (T, bool) {
	found, ok := t.tree.Get(keyed[K, T]{key: key})
	return found.value, ok
}

// put returns what stood there before.
func (t table[K, T]) put(key K, value T) (old T, replaced bool) {
	before, replaced := t.tree.Set(keyed[K, T]{key, value})
	return before.value, replaced
}

// drop returns what stood there before.
func (t table[K, T]) drop(key K) (old T, dropped bool) {
	before, dropped := t.tree.Delete(keyed[K, T]{key: key})
	return before.value, dropped
}

// from yields the rows in ascending order, beginning with the key itself.
func (t table[K, T]) from(key K) iter.Seq2[K, T] {
	return func(yield func(K, T) bool) {
		t.tree.Ascend(keyed[K, T]{key: key}, func(r keyed[K, T]) bool { return yield(r.key, r.value) })
	}
}

// values returns all values in the order of their keys, never nil.
func (t table[K, T]) values() []T {
	all := make([]T, 0, t.len())
	t.tree.Scan(func(r keyed[K, T]) bool {
		all = append(all, r.value)
		return true
	})
	return all
}

// transition applies what appeared, changed and ended.
func transition[T any](t table[session.Key, T], all []session.Transition[T]) {
	for _, one := range all {
		applyOne(t, one)
	}
}

// applyOne applies one transition and returns the value before and after it, nil
// for none.
func applyOne[T any](t table[session.Key, T], one session.Transition[T]) (old, now *T) {
	var before T
	var was bool
	if one.Now == nil {
		before, was = t.drop(one.Session)
	} else {
		before, was = t.put(one.Session, *one.Now)
	}
	if was {
		old = &before
	}
	return old, one.Now
}
