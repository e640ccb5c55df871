package mobileapps

import (
	"errors"
	"io"
)

// opened is a session file that is open, and that others may write to meanwhile.
type opened struct {
	stat func() (Signature, error)
	// readAt reads from an offset. It fails for what has no offsets, such as a
	// FIFO, and consumes nothing of it.
	readAt func(p []byte, at int64) (int, error)
}

// content reads the whole file. It uses a buffer as far as that is large enough; no
// file may have more than limit bytes.
func (o opened) content(buffer []byte, limit int64) (Content, error) {
	before, err := o.stat() // also tells whether it is a file at all
	switch {
	case err != nil:
		return Content{}, err
	case before.Size > limit:
		return Content{}, errTooLarge
	}
	data, err := o.readAll(before.Size, buffer, limit)
	if err != nil {
		return Content{}, err
	}
	// A truncation during the read looks like a clean end of file.
	after, err := o.stat()
	if err != nil {
		return Content{}, err
	}
	return Content{Data: data, Signature: after, Stable: before == after && int64(len(data)) == after.Size}, nil
}

// readAll reads to the end of a file, which is expected after size bytes, and gives
// up with errTooLarge after more than limit bytes: the file may grow. If a read
// returns exactly what is expected and the buffer has room for more, that is the
// end: otherwise the size would have changed by the time of the second stat.
func (o opened) readAll(size int64, buffer []byte, limit int64) ([]byte, error) {
	data := buffer[:0]
	if int64(cap(data)) <= size {
		// One byte more than expected shows the end without growing the buffer.
		data = make([]byte, 0, size+1)
	}
	for {
		n, err := o.readAt(data[len(data):cap(data)], int64(len(data)))
		data = data[:len(data)+max(n, 0)]
		switch {
		case int64(len(data)) > limit:
			return nil, errTooLarge
		case errors.Is(err, io.EOF), err == nil && n == 0:
			return data, nil
		case err != nil:
			return nil, err
		case int64(len(data)) == size:
			return data, nil
		case len(data) == cap(data):
			data = append(data, 0)[:len(data)]
		}
	}
}
