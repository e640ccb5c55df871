package watcher

import "time"

// These bound how many keys a debouncer remembers. More files of one folder become
// the folder (refresh contract, section 6), more folders the whole tree.
const (
	maxFiles   = 128
	maxFolders = 256
)

// key is what events are about: the whole tree, an app folder in it, or a file in
// that. It is remembered while it has gathered events or was not quiet for long
// enough, and while that is so of a key below it. Its methods are called with the
// debouncer's lock held.
type key struct {
	d        *debouncer
	parent   *key // nil for the whole tree
	name     string
	children map[string]*key
	// merged is true once there were too many children. Events about these are
	// about this key then, until it is quiet.
	merged bool

	last  time.Time   // when the last event came; zero: before it was quiet
	first time.Time   // when the first gathered event came; zero: there are none
	timer *time.Timer // for due
	gone  bool        // the key is not remembered any more
}

// child returns the key of that name below this one, or this one if its children
// were merged into it.
func (k *key) child(name string) *key {
	if k.merged {
		return k
	}
	c := k.children[name]
	if c != nil {
		return c
	}
	if len(k.children) == k.maxChildren() {
		k.merge()
		return k
	}
	if k.children == nil {
		k.children = make(map[string]*key)
	}
	c = &key{d: k.d, parent: k, name: name}
	k.children[name] = c
	return c
}

func (k *key) maxChildren() int {
	if k.parent == nil {
		return maxFolders
	}
	return maxFiles
}

// merge replaces all keys below this one by this one, which takes over their
// gathered events.
func (k *key) merge() {
	if first := k.take(); !first.IsZero() {
		k.first = first
		k.d.gathered++
	}
	for _, c := range k.children {
		c.drop()
	}
	k.children, k.merged = nil, true
}

// event takes an event about the key.
func (k *key) event(now time.Time) {
	quiet := k.last.IsZero() || now.Sub(k.last) >= k.d.delay
	k.last = now
	switch {
	case !k.first.IsZero():
	case quiet:
		k.handOn(now)
	default:
		k.first = now
		k.d.gathered++
	}
	k.schedule(now)
}

// due is when gathered events are to go on or, if there are none, when the key has
// been quiet.
func (k *key) due() time.Time {
	quiet := k.last.Add(k.d.delay)
	if k.first.IsZero() {
		return quiet
	}
	return earlier(quiet, k.first.Add(k.d.longest))
}

func (k *key) schedule(now time.Time) {
	wait := k.due().Sub(now)
	if k.timer == nil {
		k.timer = time.AfterFunc(wait, k.expire)
		return
	}
	k.timer.Reset(wait)
}

// expire does what is due. It is called by the timer, without the lock.
func (k *key) expire() {
	k.d.mu.Lock()
	defer k.d.mu.Unlock()
	if k.gone {
		return
	}
	now := time.Now()
	if !k.first.IsZero() && !now.Before(k.due()) {
		k.handOn(now)
	}
	if now.Before(k.due()) { // also where an event came before this got the lock
		k.schedule(now)
		return
	}
	k.forget()
}

// handOn hands on what the key names, with what was gathered about it and below.
func (k *key) handOn(now time.Time) {
	c := k.change()
	c.Since = earlier(now, k.take())
	k.d.sink(c)
}

// change asks for a look at what the key names.
func (k *key) change() Change {
	switch {
	case k.parent == nil:
		return rescanAll()
	case k.parent.parent == nil:
		return wholeFolder(k.name)
	default:
		return oneFile(k.parent.name, k.name)
	}
}

// take takes the gathered events of the key and of all below it, and returns when
// the first of them came; zero: there are none.
func (k *key) take() time.Time {
	first := k.first
	if !first.IsZero() {
		k.first = time.Time{}
		k.d.gathered--
	}
	for _, c := range k.children {
		first = earlier(first, c.take())
	}
	return first
}

// forget ends the key, once it is quiet, unless there are keys below it.
func (k *key) forget() {
	k.last, k.merged = time.Time{}, false
	if k.parent == nil || len(k.children) > 0 {
		return
	}
	k.gone = true
	delete(k.parent.children, k.name)
	if k.parent.last.IsZero() {
		k.parent.forget()
	}
}

// drop ends the key and all below it.
func (k *key) drop() {
	k.gone = true
	k.take()
	if k.timer != nil {
		k.timer.Stop()
	}
	for _, c := range k.children {
		c.drop()
	}
}
