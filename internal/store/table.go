package store

import (
	"iter"

	"github.com/tidwall/btree"
)

// table is a map in the order of its keys. It takes no locks: a table that is
// written belongs to its writer alone, and others read a [table.snapshot].
type table[K comparable, T any] struct {
	tree *btree.BTreeG[keyed[K, T]]
}

// keyed is an entry of a table. The key is kept beside the value, so that a search
// needs neither a value made for it nor access to one.
type keyed[K comparable, T any] struct {
	key   K
	value T
}

// newTable returns an empty table in the order of compare.
func newTable[K comparable, T any](compare func(a, b K) int) table[K, T] {
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

// after yields the values whose keys sort after one, all where that is nil, in
// ascending order, until it is told to stop.
func (t table[K, T]) after(key *K, yield func(T) bool) {
	if key == nil {
		t.tree.Scan(func(r keyed[K, T]) bool { return yield(r.value) })
		return
	}
	t.tree.Ascend(keyed[K, T]{key: *key}, func(r keyed[K, T]) bool { return r.key == *key || yield(r.value) })
}
