//go:build unix

package mobileapps

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A file that is written while it is read must show it.
func TestReadSeesWrites(t *testing.T) {
	const before = "the session as it was"
	writes := map[string]func(t *testing.T, path string){
		"nothing":              func(*testing.T, string) {},
		"truncated":            func(t *testing.T, path string) { must(t, os.Truncate(path, 3)) },
		"truncated to nothing": func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) },
		"appended":             func(t *testing.T, path string) { appendTo(t, path, "more") },
		"truncated and written": func(t *testing.T, path string) {
			writeFile(t, path, "another")
		},
		"written in its length": func(t *testing.T, path string) {
			writeFile(t, path, strings.ToUpper(before))
		},
		"removed": func(t *testing.T, path string) { must(t, os.Remove(path)) },
		"replaced": func(t *testing.T, path string) {
			writeFile(t, path+"~", before)
			must(t, os.Rename(path+"~", path))
		},
	}
	for name, write := range writes {
		// Before the first byte is read, and after the last.
		for _, first := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, first %t", name, first), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), testFile)
				writeFile(t, path, before)
				settleClock(t, path)
				file, err := os.Open(path)
				must(t, err)
				defer file.Close()

				reads := 0
				o := opened{
					stat: func() (Signature, error) { return statFile(int(file.Fd())) },
					readAt: func(p []byte, at int64) (int, error) {
						reads++
						if first && reads == 1 {
							write(t, path)
						}
						n, err := unix.Pread(int(file.Fd()), p, at)
						if !first && reads == 1 {
							write(t, path)
						}
						return n, err
					},
				}
				c, err := o.content(make([]byte, 100), maxFileSize)
				must(t, err)
				if c.Stable != (name == "nothing") {
					t.Errorf("got %q, stable %t", c.Data, c.Stable)
				}
			})
		}
	}
}
