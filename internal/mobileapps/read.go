package mobileapps

import (
	"errors"
	"io"
)

// opened is a session file that is open, and that others may write to meanwhile.
type opened struct {
	stat func() (Signature, error)
	// readAt reads from a place on. It fails for what has no places, such as a FIFO,
	// and takes nothing out of it.
	readAt func(p []byte, at int64) (int, error)
	// was reports whether the signature is known to have been this one before the
	// first call of readAt. It may say no although it was; nil always does.
	was func(Signature) bool
}

// content reads the whole file. It uses a buffer as far as that is large enough; no
// file may have more than limit bytes.
func (o opened) content(buffer []byte, limit int64) (Content, error) {
	early := o.was != nil && len(buffer) > 0
	n, fault := 0, error(nil)
	if early {
		n, fault = o.readAt(buffer, 0)
	}
	sig, err := o.stat()
	switch {
	case err != nil: // it may be no file at all, and then no fault of a read counts
		return Content{}, err
	case sig.Size > limit:
		return Content{}, errTooLarge
	case fault != nil:
		return Content{}, fault
	case early && int64(n) == sig.Size && o.was(sig):
		return contentOf(buffer[:n], sig, true), nil
	}
	return o.between(sig, buffer, limit)
}

// between reads the whole file, whose signature was asked for before, and asks for
// it again afterwards.
func (o opened) between(before Signature, buffer []byte, limit int64) (Content, error) {
	data, err := o.readAll(before.Size, buffer, limit)
	if err != nil {
		return Content{}, err
	}
	// A truncation during the read looks like a clean end of file.
	after, err := o.stat()
	if err != nil {
		return Content{}, err
	}
	return contentOf(data, after, before == after), nil
}

// contentOf returns what was read of a file that has a signature now, and had it
// before the read if same is true.
func contentOf(data []byte, sig Signature, same bool) Content {
	return Content{Data: data, Signature: sig, Stable: same && int64(len(data)) == sig.Size}
}

// readAll reads to the end of a file, which is expected after size bytes, and
// gives up with errTooLarge once more than limit bytes came: the file may grow.
// Where a read brings just what is expected and there is room for more, that is
// the end: were it not, the size would not be the same after the read.
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
