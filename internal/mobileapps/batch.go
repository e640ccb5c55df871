package mobileapps

import (
	"errors"
	"io"
)

// Batch holds some session files of a folder, as one step of a listing returned
// them. It can be reused once all work with it is done.
type Batch struct {
	entries []Entry
	// names is the buffer into which the kernel writes a listing, room what is left
	// of it.
	names, room []byte
	last        bool
	links       int
	asked       []int // by [Batch.keep]
}

// Entry is one session file of a batch.
type Entry struct {
	// name is followed by a zero byte, which the kernel wants, in its array.
	name []byte
	// certain is true where the listing said that it is a regular file.
	certain bool

	// Fresh makes [Look] and [Read] ask the server for the file's signature, where
	// the folder's [FileSystem] would otherwise answer from its cache.
	Fresh bool

	// Signature and Err are what [Look] found.
	Signature Signature
	Err       error
}

// Name returns the file's name. It is valid as long as the batch is not used
// again.
func (e *Entry) Name() []byte { return e.name }

// ID returns the file's name, which is session.id.
func (e *Entry) ID() string { return string(e.name) }

// Certain reports whether the file's listing said that it is a regular file, so
// that it may be read without a look.
func (e *Entry) Certain() bool { return e.certain }

// Len returns how many files the batch has.
func (b *Batch) Len() int { return len(b.entries) }

// Entry returns one of the files.
func (b *Batch) Entry(i int) *Entry { return &b.entries[i] }

// Add adds a file by its name, of which nothing else is known.
func (b *Batch) Add(id string) {
	b.entries = append(b.entries, Entry{name: append(append(make([]byte, 0, len(id)+1), id...), 0)[:len(id)]})
}

// Last reports whether a listing ended with the batch.
func (b *Batch) Last() bool { return b.last }

// Links returns how many links the listing passed over that have a session's name, where
// the operating system's listing says so (Linux).
func (b *Batch) Links() int { return b.links }

// Reset makes the batch empty, to be used again.
func (b *Batch) Reset() { b.entries, b.room, b.last, b.links = b.entries[:0], b.names, false, 0 }

// keep copies numbers of files, for a call that may still use them after the caller
// has reused its own.
func (b *Batch) keep(files []int) []int {
	b.asked = append(b.asked[:0], files...)
	return b.asked
}

// leave leaves all memory of the batch to a call that hangs, and gives the batch
// new memory with the same files. Results about them are lost.
func (b *Batch) leave() {
	left := b.entries
	*b = Batch{last: b.last}
	for i := range left {
		b.Add(left[i].ID())
		b.entries[i].certain = left[i].certain
	}
}

// lister is a folder that fills a batch more cheaply than by its exported methods.
type lister interface {
	// list adds files to a batch. It reports whether there is room for more, and
	// perhaps there are more.
	list(b *Batch) (more bool, err error)
	stat(e *Entry) (Signature, error)
	// read reads into a buffer as far as that is large enough.
	read(e *Entry, buffer []byte) (Content, error)
}

// plain asks a folder for one file at a time.
type plain struct{ Folder }

// listBatch is how many entries such a folder is asked for at a time. One call
// is what may hang, so it must not take long on a slow network share.
const listBatch = 128

func (p plain) list(b *Batch) (more bool, err error) {
	ids, err := p.Next(listBatch)
	for _, id := range ids {
		b.Add(id)
		b.entries[len(b.entries)-1].certain = true
	}
	if errors.Is(err, io.EOF) {
		b.last = true
		return false, nil
	}
	return false, err
}

func (p plain) stat(e *Entry) (Signature, error)         { return p.Stat(e.ID()) }
func (p plain) read(e *Entry, _ []byte) (Content, error) { return p.Read(e.ID()) }

func asLister(f Folder) lister {
	if l, ok := f.(lister); ok {
		return l
	}
	return plain{f}
}

// List fills an empty batch with the next session files of the folder, perhaps
// none. After the last batch it must not be called again.
func List(f Folder, b *Batch) error {
	if bounded, ok := f.(*boundedFolder); ok {
		return bounded.list(b)
	}
	l := asLister(f)
	for {
		if more, err := l.list(b); err != nil || !more {
			return err
		}
	}
}

// Look looks at the given files of a batch. If the folder hangs, each of them gets
// that error, and what was found of some before is lost.
func Look(f Folder, b *Batch, files []int) {
	if bounded, ok := f.(*boundedFolder); ok {
		bounded.look(b, files)
		return
	}
	l := asLister(f)
	for _, file := range files {
		e := &b.entries[file]
		e.Signature, e.Err = l.stat(e)
	}
}

// Read reads the given files of a batch, one after the other, and calls use with
// each. The data is valid only until use returns; some files may be read before use
// is called with the first of them. Each must be a regular file by its listing or
// by a look: opening a device can have effects.
func Read(f Folder, b *Batch, files []int, use func(file int, c Content, err error)) {
	if bounded, ok := f.(*boundedFolder); ok {
		bounded.read(b, files, use)
		return
	}
	l, buffer := asLister(f), make([]byte, readBuffer)
	for _, file := range files {
		c, err := l.read(&b.entries[file], buffer)
		use(file, c, err)
	}
}
