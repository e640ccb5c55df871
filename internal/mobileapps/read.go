package mobileapps

import (
	"errors"
	"io"
)

// readContent reads an open session file that may be written meanwhile.
// It uses a buffer as far as that is large enough.
func readContent(stat func() (Signature, error), read func([]byte) (int, error), buffer []byte, limit int64) (Content, error) {
	before, err := stat()
	if err != nil {
		return Content{}, err
	}
	if before.Size > limit {
		return Content{}, errTooLarge
	}
	data, err := readAll(read, before.Size, buffer, limit)
	if err != nil {
		return Content{}, err
	}
	// A truncation during the read looks like a clean end of file.
	after, err := stat()
	if err != nil {
		return Content{}, err
	}
	return Content{
		Data:      data,
		Signature: after,
		Stable:    before == after && int64(len(data)) == after.Size,
	}, nil
}

// readAll reads to the end of a file, which is expected after size bytes, and
// gives up with errTooLarge once more than limit bytes came: the file may grow.
// Where a read brings just what is expected and there is room for more, that is
// the end: were it not, the size would not be the same after the read.
func readAll(read func([]byte) (int, error), size int64, buffer []byte, limit int64) ([]byte, error) {
	data := buffer[:0]
	if int64(cap(data)) <= size {
		// One byte more than expected shows the end without growing the buffer.
		data = make([]byte, 0, size+1)
	}
	for {
		n, err := read(data[len(data):cap(data)])
		data = data[:len(data)+max(n, 0)]
		switch {
		case int64(len(data)) > limit:
			return nil, errTooLarge
		case errors.Is(err, io.EOF), err == nil && n == 0:
			return data, nil
		case err != nil:
			return nil, err
		case int64(len(data)) == size && size > 0:
			return data, nil
		case len(data) == cap(data):
			data = append(data, 0)[:len(data)]
		}
	}
}
