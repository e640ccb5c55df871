package audit

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"os"
	"slices"
)

// linesBackward returns the lines of a file before an offset, the last one first,
// without their ends. A line is only good until the next one.
func linesBackward(f *os.File, end int64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		const chunk = 64 << 10
		var rest []byte // the end of a line that begins further ahead
		for end > 0 {
			n := min(chunk, end)
			buf := make([]byte, n, int(n)+len(rest))
			if _, err := f.ReadAt(buf, end-n); err != nil && !errors.Is(err, io.EOF) {
				yield(nil, err)
				return
			}
			end -= n
			buf = append(buf, rest...)
			for {
				i := bytes.LastIndexByte(buf, '\n')
				if i < 0 {
					break
				}
				if line := buf[i+1:]; len(line) > 0 && !yield(line, nil) {
					return
				}
				buf = buf[:i]
			}
			rest = slices.Clone(buf)
		}
		if len(rest) > 0 {
			yield(rest, nil)
		}
	}
}

// lastSeq returns the number of the last entry of the record, 0 for none.
func lastSeq(path string) (uint64, error) {
	page, err := read(path, Filter{Limit: 1}, maxRead)
	if err != nil || len(page.Entries) == 0 {
		return 0, err
	}
	return page.Entries[0].Seq, nil
}
