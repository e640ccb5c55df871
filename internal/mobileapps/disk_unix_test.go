//go:build unix

package mobileapps

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// strangers are what may stand under a name that counts and is not a regular
// file or a folder.
func strangers(tb testing.TB) map[string]func(path string) {
	away := tb.TempDir()
	writeFile(tb, filepath.Join(away, "file"), outside)
	writeFile(tb, filepath.Join(away, "folder.app", testFile), outside)
	link := func(target string) func(string) {
		return func(path string) { must(tb, os.Symlink(target, path)) }
	}
	return map[string]func(path string){
		"a link to a file":      link(filepath.Join(away, "file")),
		"a link to a folder":    link(filepath.Join(away, "folder.app")),
		"a link to nothing":     link(filepath.Join(away, "nothing")),
		"a link to itself":      func(path string) { must(tb, os.Symlink(filepath.Base(path), path)) },
		"a link to a neighbour": link("../" + testApp + "/" + testFile),
		"a link to a device":    link("/dev/zero"),
		"a FIFO":                func(path string) { must(tb, unix.Mkfifo(path, 0o644)) },
		"a socket":              func(path string) { listenAt(tb, path) },
	}
}

// listenAt makes a socket, by a short name: its path has a limit.
func listenAt(tb testing.TB, path string) {
	tb.Helper()
	short, err := os.MkdirTemp("", "s")
	must(tb, err)
	tb.Cleanup(func() { os.RemoveAll(short) })
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(short, "s")})
	must(tb, err)
	ln.SetUnlinkOnClose(false)
	tb.Cleanup(func() { ln.Close() })
	must(tb, os.Rename(filepath.Join(short, "s"), path))
}

func TestPassesOverWhatIsNoFile(t *testing.T) {
	root := newTree(t)
	dir := filepath.Join(root, testApp)
	must(t, os.Remove(filepath.Join(dir, testFile)))
	kinds := strangers(t)
	kinds["a folder"] = func(path string) { mkdir(t, path) }
	for name, put := range kinds {
		put(filepath.Join(dir, name))
	}

	promptly(t, "looking at them", func() {
		folder := openFolder(t, NewDisk(root, maxFileSize), testApp)
		if files, err := listAll(folder.Next, 3); err != nil || len(files) > 0 {
			t.Errorf("they are listed: %v, %v", files, err)
		}
		for name := range kinds {
			if _, err := folder.Stat(name); !IsAbsent(err) {
				t.Errorf("Stat of %s: %v, want absence", name, err)
			}
			if c, err := folder.Read(name); !IsAbsent(err) {
				t.Errorf("Read of %s: %q, %v, want absence", name, c.Data, err)
			}
		}
	})
}

func TestPassesOverWhatIsNoFolder(t *testing.T) {
	root := newTree(t)
	kinds := strangers(t)
	kinds["a file"] = func(path string) { writeFile(t, path, inside) }
	for name, put := range kinds {
		put(filepath.Join(root, name+".app"))
	}

	promptly(t, "looking at them", func() {
		opened := openRoot(t, NewDisk(root, maxFileSize))
		if names, err := listAll(opened.Next, 3); err != nil || !slices.Equal(names, []string{testApp}) {
			t.Errorf("listed are %q, %v", names, err)
		}
		for name := range kinds {
			if _, err := opened.Open(name + ".app"); !IsAbsent(err) {
				t.Errorf("Open of %s: %v, want absence", name, err)
			}
		}
	})
}

// What was listed may be something else when it is opened.
func TestSwappedBetweenListAndOpen(t *testing.T) {
	for name, put := range strangers(t) {
		t.Run(name, func(t *testing.T) {
			root := newTree(t)
			disk := NewDisk(root, maxFileSize)
			opened, folder := openRoot(t, disk), openFolder(t, disk, testApp)
			names, err := listAll(opened.Next, 8)
			must(t, err)
			files, err := listAll(folder.Next, 8)
			must(t, err)
			if len(names) != 1 || len(files) != 1 {
				t.Fatalf("listed are %q and %v", names, files)
			}

			file := filepath.Join(root, testApp, testFile)
			must(t, os.Remove(file))
			put(file)
			promptly(t, "reading it", func() {
				if c, err := folder.Read(testFile); !IsAbsent(err) {
					t.Errorf("Read = %q, %v, want absence", c.Data, err)
				}
				// As if the swap came after the look that begins each read, or after a
				// listing without a look.
				for _, buffer := range [][]byte{nil, make([]byte, readBuffer)} {
					if c, err := readUnseen(folder, testFile, buffer); !IsAbsent(err) {
						t.Errorf("read = %q, %v, want absence", c.Data, err)
					}
				}
			})

			must(t, os.Rename(filepath.Join(root, testApp), filepath.Join(root, "away")))
			put(filepath.Join(root, testApp))
			promptly(t, "opening it", func() {
				if _, err := opened.Open(testApp); !IsAbsent(err) {
					t.Errorf("Open = %v, want absence", err)
				}
			})
		})
	}
}

// readUnseen reads a file that was not looked at before.
func readUnseen(folder Folder, id string, buffer []byte) (Content, error) {
	return folder.(*diskFolder).read(entry(id), buffer)
}

// What is in a FIFO that took the place of a file is somebody else's.
func TestTakesNothingOutOfAFIFO(t *testing.T) {
	root := newTree(t)
	path := filepath.Join(root, testApp, testFile)
	must(t, os.Remove(path))
	must(t, unix.Mkfifo(path, 0o644))
	fifo, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	defer fifo.Close()
	_, err = fifo.WriteString(inside)
	must(t, err)
	folder := openFolder(t, NewDisk(root, maxFileSize), testApp)
	for _, buffer := range [][]byte{nil, make([]byte, readBuffer)} {
		if c, err := readUnseen(folder, testFile, buffer); !IsAbsent(err) {
			t.Errorf("read = %q, %v, want absence", c.Data, err)
		}
	}
	promptly(t, "reading the FIFO", func() {
		left := make([]byte, 2*len(inside))
		if n, err := fifo.Read(left); err != nil || string(left[:n]) != inside {
			t.Errorf("in the FIFO is %q, %v", left[:n], err)
		}
	})
}

func TestListsOddNames(t *testing.T) {
	root := newTree(t)
	ids := []string{"\u202egnp", strings.Repeat("x", 255), `back\slash`, `"`, "-rf", testFile}
	apps := []string{"new\n.line", "\x1b[2J.clear", "a." + strings.Repeat("x", 253), testApp}
	for _, id := range append(ids, "not \xff UTF-8", "\xc0\xaf", "\xed\xa0\x80", "new\nline", "\x1b[31mred", "tab\t", "Icon\r", "\u009b2J") {
		writeFile(t, filepath.Join(root, testApp, id), inside)
	}
	for _, app := range append(apps, "not\xff.UTF-8", "$RECYCLE.BIN") {
		mkdir(t, filepath.Join(root, app))
	}

	disk := NewDisk(root, maxFileSize)
	names, err := listAll(openRoot(t, disk).Next, 2)
	must(t, err)
	if slices.Sort(names); !slices.Equal(names, slices.Sorted(slices.Values(apps))) {
		t.Errorf("app folders %q, want %q", names, apps)
	}
	folder := openFolder(t, disk, testApp)
	files, err := listAll(folder.Next, 2)
	must(t, err)
	checkFiles(t, files, ids)
	for _, id := range files {
		if c, err := folder.Read(id); err != nil || string(c.Data) != inside {
			t.Errorf("Read of %q: %q, %v", id, c.Data, err)
		}
	}
}

func TestOpensTheRoot(t *testing.T) {
	base := t.TempDir()
	writeFile(t, filepath.Join(base, "real", testApp, testFile), inside)
	writeFile(t, filepath.Join(base, "file"), "")
	must(t, unix.Mkfifo(filepath.Join(base, "fifo"), 0o644))
	for name, target := range map[string]string{
		"link": "real", "link to the link": "link", "link to nothing": "nothing", "link to a file": "file", "loop": "loop", "link to a FIFO": "fifo",
	} {
		must(t, os.Symlink(target, filepath.Join(base, name)))
	}

	for _, test := range []struct {
		root  string
		fault error // nil: it opens
	}{
		{"real", nil},
		{"real/", nil},
		{"link", nil},
		{"link to the link", nil},
		{"link to the link/", nil},
		{"nothing", unix.ENOENT},
		{"nothing/MobileApps", unix.ENOENT},
		{"link to nothing", unix.ENOENT},
		{"file", unix.ENOTDIR},
		{"link to a file", unix.ENOTDIR},
		{"file/MobileApps", unix.ENOTDIR},
		{"fifo", unix.ENOTDIR},
		{"link to a FIFO", unix.ENOTDIR},
		{"loop", unix.ELOOP},
		{strings.Repeat("x", 300), unix.ENAMETOOLONG},
	} {
		promptly(t, "opening "+test.root, func() {
			root, err := NewDisk(base+"/"+test.root, maxFileSize).Open()
			if !errors.Is(err, test.fault) || IsAbsent(err) != IsAbsent(test.fault) {
				t.Errorf("%.40q: got the error %v, want %v", test.root, err, test.fault)
			}
			if err != nil {
				return
			}
			defer root.Close()
			if names, err := listAll(root.Next, 8); err != nil || !slices.Equal(names, []string{testApp}) {
				t.Errorf("%q lists %q, %v", test.root, names, err)
			}
		})
	}

	if sig, err := NewDisk(filepath.Join(base, "file", "x", "MobileApps"), maxFileSize).Nearest(Place{}); err == nil || IsAbsent(err) {
		t.Errorf("the nearest folder to one beneath a file: %v, %v, want an error", sig, err)
	}
}
