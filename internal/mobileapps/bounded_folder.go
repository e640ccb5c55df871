package mobileapps

import (
	"bytes"
	"runtime"

	"sessiond/internal/hang"
)

type boundedFolder struct {
	Folder
	*target
}

func (f *boundedFolder) Close() { f.close() }

func (f *boundedFolder) Next(n int) ([]string, error) {
	return ask(f.target, func() ([]string, error) { return f.Folder.Next(n) }, nil)
}

func (f *boundedFolder) Stat(id string) (Signature, error) {
	var b Batch
	b.Add(id)
	f.look(&b, []int{0})
	return b.entries[0].Signature, b.entries[0].Err
}

func (f *boundedFolder) Read(id string) (read Content, err error) {
	var b Batch
	b.Add(id)
	f.read(&b, []int{0}, func(_ int, c Content, fault error) {
		read, err = c, fault
		read.Data = bytes.Clone(c.Data)
	})
	return read, err
}

// The methods below make many calls at a time, and the patience begins again with
// each call. Work that hangs keeps the memory that it uses, including the batch's:
// the caller gets new memory and may use that freely.

// list fills a batch.
func (f *boundedFolder) list(b *Batch) error {
	l, own := asLister(f.Folder), *b
	var fault error
	err := f.do(func(c *hang.Call) {
		more := true
		for more && fault == nil {
			more, fault = l.list(&own)
			if c.Step() != nil {
				return
			}
		}
	})
	if err != nil {
		*b = Batch{}
		return err
	}
	*b = own
	return fault
}

// look looks at files of a batch.
func (f *boundedFolder) look(b *Batch, files []int) {
	l, entries, own := asLister(f.Folder), b.entries, b.keep(files)
	err := f.do(func(c *hang.Call) {
		for _, file := range own {
			e := &entries[file]
			e.Signature, e.Err = l.stat(e)
			if c.Step() != nil {
				return
			}
		}
		newTimeSlice(len(own))
	})
	if err != nil {
		b.leave()
		for _, file := range files {
			b.entries[file].Err = FolderError{err}
		}
	}
}

// reads are some files that were read.
type reads struct {
	buffer []byte
	files  []fileRead
}

type fileRead struct {
	content Content
	err     error
}

const (
	// readsAtOnce is how many files are read at most before they are used.
	readsAtOnce = 64
	// readRoom is the size of the buffer that they share, in bytes: most files are
	// far smaller.
	readRoom = 64 << 10
	// readBuffer is the largest file, in bytes, that is read into the shared
	// buffer.
	readBuffer = 16 << 10
)

// read reads files of a batch and calls use with each.
func (f *boundedFolder) read(b *Batch, files []int, use func(file int, c Content, err error)) {
	for len(files) > 0 {
		r := f.b.reads.Get().(*reads) //nolint:forcetypeassert // there is nothing else in it
		some := files[:min(len(files), readsAtOnce)]
		if err := f.readSome(b, some, r); err != nil {
			b.leave()
			for _, file := range files {
				use(file, Content{}, FolderError{err})
			}
			return
		}
		for i := range r.files {
			use(files[i], r.files[i].content, r.files[i].err)
		}
		files = files[len(r.files):]
		clear(r.files)
		f.b.reads.Put(r)
	}
}

// readSome reads files of a batch, at least one, until the buffer is nearly full.
func (f *boundedFolder) readSome(b *Batch, files []int, r *reads) error {
	l, entries, own := asLister(f.Folder), b.entries, b.keep(files)
	return f.do(func(c *hang.Call) {
		r.files = r.files[:0]
		room, read := r.buffer, 0
		for _, file := range own {
			content, err := l.read(&entries[file], room)
			r.files = append(r.files, fileRead{content, err})
			if read += len(content.Data); read > readRoom-readBuffer || c.Step() != nil {
				break
			}
			if len(content.Data) > 0 && &content.Data[0] == &room[0] {
				room = room[len(content.Data):]
			}
		}
		newTimeSlice(len(own))
	})
}

// newTimeSlice gives up the processor after many calls. Goroutines that wake one
// another share one of Go's time slices. A whole pass would be one such chain,
// which the runtime would preempt again and again.
func newTimeSlice(calls int) {
	if calls >= readsAtOnce {
		runtime.Gosched()
	}
}
