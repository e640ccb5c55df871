//go:build unix

package mobileapps

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A file that is written while it is read must show it.
func TestReadSeesWrites(t *testing.T) {
	const before = "the session as it was"
	for _, test := range []struct {
		name   string
		write  func(t *testing.T, path string)
		stable bool
	}{
		{"nothing", func(*testing.T, string) {}, true},
		{"truncated", func(t *testing.T, path string) { must(t, os.Truncate(path, 3)) }, false},
		{"truncated to nothing", func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) }, false},
		{"appended", func(t *testing.T, path string) { appendTo(t, path, "more") }, false},
		{"truncated and written", func(t *testing.T, path string) { writeFile(t, path, "another") }, false},
		{"removed", func(t *testing.T, path string) { must(t, os.Remove(path)) }, false},
		{"replaced", func(t *testing.T, path string) {
			writeFile(t, path+"~", before)
			must(t, os.Rename(path+"~", path))
		}, false},
	} {
		// Before the first byte is read, and after the last.
		for _, first := range []bool{true, false} {
			t.Run(test.name, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), testFile)
				writeFile(t, path, before)
				settleClock(t, path)
				file, err := os.Open(path)
				must(t, err)
				defer file.Close()

				reads := 0
				c, err := readContent(func() (Signature, error) { return statFile(int(file.Fd())) }, func(p []byte) (int, error) {
					reads++
					if first && reads == 1 {
						test.write(t, path)
					}
					n, err := unix.Read(int(file.Fd()), p)
					if !first && reads == 1 {
						test.write(t, path)
					}
					return n, err
				}, nil, maxFileSize)
				must(t, err)
				if c.Stable != test.stable {
					t.Errorf("got %q with stable %t", c.Data, c.Stable)
				}
			})
		}
	}
}
