package mobileapps

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
)

func TestReadAll(t *testing.T) {
	const limit = 100
	text := strings.Repeat("0123456789", 20)
	for _, test := range []struct {
		name string
		from io.Reader
		size int64 // as stat said
		want int   // bytes, -1 for an error
		err  error
	}{
		{"empty", strings.NewReader(""), 0, 0, nil},
		{"as long as it was", strings.NewReader(text[:60]), 60, 60, nil},
		{"as long as allowed", strings.NewReader(text[:limit]), limit, limit, nil},
		{"in single bytes", iotest.OneByteReader(strings.NewReader(text[:60])), 60, 60, nil},
		{"the end comes with the data", iotest.DataErrReader(strings.NewReader(text[:60])), 60, 60, nil},
		{"it shrank", strings.NewReader(text[:10]), 60, 10, nil},
		{"it grew", strings.NewReader(text[:90]), 60, 90, nil},
		{"it grew from nothing", strings.NewReader(text[:90]), 0, 90, nil},
		{"it grew over the limit", strings.NewReader(text[:limit+1]), 60, -1, errTooLarge},
		{"it grew over the limit in the last read", iotest.DataErrReader(strings.NewReader(text)), limit, -1, errTooLarge},
		{"it grows without end", endless{}, 0, -1, errTooLarge},
		{"a fault at once", iotest.ErrReader(syscall.EIO), 60, -1, syscall.EIO},
		{"a fault after some bytes", io.MultiReader(strings.NewReader(text[:30]), iotest.ErrReader(syscall.EIO)), 60, -1, syscall.EIO},
		{"a fault without bytes but with a count", countedFault{}, 60, -1, syscall.ESTALE},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, buffer := range [][]byte{nil, make([]byte, 10), make([]byte, 200)} {
				taken := 0
				data, err := opened{readAt: func(p []byte, at int64) (int, error) {
					if len(p) == 0 {
						t.Fatal("asked for no bytes at all")
					}
					if at != int64(taken) {
						t.Fatalf("asked for byte %d after %d", at, taken)
					}
					n, err := test.from.Read(p)
					taken += max(n, 0)
					if err == io.EOF { // as the kernel says it
						err = nil
					}
					return n, err
				}}.readAll(test.size, buffer, limit)
				if !errors.Is(err, test.err) {
					t.Fatalf("got the error %v, want %v", err, test.err)
				}
				if test.want >= 0 && string(data) != text[:test.want] {
					t.Errorf("got %q, want %q", data, text[:test.want])
				}
				if taken > 4*limit || cap(data) > 4*limit {
					t.Errorf("took %d bytes into a buffer of %d for a limit of %d", taken, cap(data), limit)
				}
				if seeker, ok := test.from.(io.Seeker); !ok {
					return // it can be read once
				} else if _, err := seeker.Seek(0, io.SeekStart); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// endless is a file that grows as fast as it is read.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// countedFault fails as the raw read call does.
type countedFault struct{}

func (countedFault) Read([]byte) (int, error) { return -1, syscall.ESTALE }

func TestReadHasALimit(t *testing.T) {
	const limit = 1000
	root := newTree(t)
	disk := NewDisk(root, limit)
	path := filepath.Join(root, testApp, testFile)
	for _, test := range []struct {
		size int64
		err  error
	}{{0, nil}, {limit - 1, nil}, {limit, nil}, {limit + 1, errTooLarge}, {1 << 40, errTooLarge}} {
		must(t, os.Truncate(path, 0))
		must(t, os.Truncate(path, test.size)) // sparse
		c, err := openFolder(t, disk, testApp).Read(testFile)
		if !errors.Is(err, test.err) || IsAbsent(err) {
			t.Errorf("%d bytes: got the error %v, want %v", test.size, err, test.err)
		}
		if err == nil && (int64(len(c.Data)) != test.size || !c.Stable) {
			t.Errorf("%d bytes: got %d, stable %t", test.size, len(c.Data), c.Stable)
		}
	}
}

// A file whose length is not what stat says was not read as it is, although the
// signature is the same: it was cut and grew again within one tick, or it is none
// that has a length.
func TestReadComparesTheLength(t *testing.T) {
	for text, stable := range map[string]bool{"12345": true, "1234": false, "123456": false, "": false} {
		o := opened{stat: func() (Signature, error) { return Signature{Size: 5}, nil }, readAt: endsLikeRead(text)}
		c, err := o.content(make([]byte, 100), 100)
		if err != nil || string(c.Data) != text || c.Stable != stable {
			t.Errorf("%q of 5 bytes: %+v, %v", text, c, err)
		}
	}
}

func TestReadTellsOfAFaultInStat(t *testing.T) {
	for _, good := range []int{0, 1} {
		calls := 0
		c, err := opened{stat: func() (Signature, error) {
			if calls++; calls > good {
				return Signature{}, syscall.ESTALE
			}
			return Signature{}, nil
		}, readAt: endsLikeRead("")}.content(nil, 100)
		if !errors.Is(err, syscall.ESTALE) {
			t.Errorf("after %d calls: %+v, %v", good, c, err)
		}
	}
}

// endsLikeRead returns what reads a text as the kernel does, which knows no io.EOF.
func endsLikeRead(text string) func([]byte, int64) (int, error) {
	return func(p []byte, at int64) (int, error) {
		return copy(p, text[min(at, int64(len(text))):]), nil
	}
}

// How a file is read follows from its length and the buffer's; nothing is read of what
// cannot be a session file.
func TestReadsAsLittleAsPossible(t *testing.T) {
	const limit = 100
	for _, test := range []struct {
		name   string
		length int // of the file
		buffer int
		atMost int   // bytes a read, 0: all
		err    error // of a read that begins behind the first byte, or of any where there is none
		kind   error // what stat says
		want   error
		reads  int
	}{
		{name: "it fits", length: 60, buffer: 80, reads: 1},
		{name: "it is empty", buffer: 80, reads: 1},
		{name: "it fills the buffer", length: 80, buffer: 80, reads: 1},
		{name: "it is larger than the buffer", length: 90, buffer: 80, reads: 1},
		{name: "it is as large as allowed", length: limit, buffer: 2 * limit, reads: 1},
		{name: "it is larger than allowed", length: limit + 1, buffer: 2 * limit, want: errTooLarge, reads: 0},
		{name: "there is no buffer", length: 60, reads: 1},
		{name: "it comes in parts", length: 60, buffer: 80, atMost: 25, reads: 3},
		{name: "it comes in parts, and then a fault", length: 60, buffer: 80, atMost: 25, err: syscall.EIO, want: syscall.EIO, reads: 2},
		{name: "it cannot be read", length: 0, buffer: 80, err: syscall.EIO, want: syscall.EIO, reads: 1},
		{name: "it is no file", buffer: 80, kind: errOtherKind, want: errOtherKind, reads: 0},
		{name: "stat fails", length: 60, buffer: 80, kind: syscall.ESTALE, want: syscall.ESTALE, reads: 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, reads := strings.Repeat("x", test.length), 0
			o := opened{
				stat: func() (Signature, error) { return Signature{Size: int64(test.length)}, test.kind },
				readAt: func(p []byte, at int64) (int, error) {
					if reads++; test.err != nil && (at > 0 || text == "") {
						return -1, test.err
					}
					if test.atMost > 0 {
						p = p[:min(len(p), test.atMost)]
					}
					return endsLikeRead(text)(p, at)
				},
			}
			c, err := o.content(make([]byte, test.buffer), limit)
			if !errors.Is(err, test.want) {
				t.Fatalf("got the error %v, want %v", err, test.want)
			}
			if err == nil && (string(c.Data) != text || !c.Stable) {
				t.Errorf("got %d bytes, stable %t", len(c.Data), c.Stable)
			}
			if reads != test.reads {
				t.Errorf("was read %d times, want %d", reads, test.reads)
			}
		})
	}
}
