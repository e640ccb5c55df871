//go:build unix

package mobileapps

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A file that is written while it is read must show it, or be read again: what
// counts as stable is what the file has.
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
	// What is known of the signature before the read.
	known := map[string]func(looked Signature) func(Signature) bool{
		"nothing": func(Signature) func(Signature) bool { return nil },
		"too little": func(Signature) func(Signature) bool {
			return func(Signature) bool { return false }
		},
		"from a look": func(looked Signature) func(Signature) bool {
			return func(sig Signature) bool { return sig == looked }
		},
	}
	for name, write := range writes {
		for what, was := range known {
			// Before the first byte is read, and after the last.
			for _, first := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s, first %t, known %s", name, first, what), func(t *testing.T) {
					path := filepath.Join(t.TempDir(), testFile)
					writeFile(t, path, before)
					settleClock(t, path)
					file, err := os.Open(path)
					must(t, err)
					defer file.Close()
					looked, err := statFile(int(file.Fd()))
					must(t, err)

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
						was: was(looked),
					}
					c, err := o.content(make([]byte, 100), maxFileSize)
					must(t, err)
					has, err := io.ReadAll(file)
					must(t, err)
					switch {
					case c.Stable && !bytes.Equal(c.Data, has):
						t.Errorf("got %q as stable, the file has %q", c.Data, has)
					case !c.Stable && name == "nothing":
						t.Error("is not stable, and nobody has written")
					case c.Stable && o.was == nil && name != "nothing":
						t.Error("is stable, and somebody has written")
					case !c.Stable && o.was != nil:
						t.Error("was not read again")
					}
					if most := map[string]int{"nothing": 1, "too little": 2, "from a look": 1}[what]; name == "nothing" && reads != most {
						t.Errorf("was read %d times, want %d", reads, most)
					}
				})
			}
		}
	}
}
