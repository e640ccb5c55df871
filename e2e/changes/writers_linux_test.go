package changes

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

// way is how other programs write a file.
type way struct {
	write    func(path string, data []byte) error
	replaces bool // each time makes a new file
}

func ways() map[string]way {
	return map[string]way{
		"in place":              {write: func(path string, data []byte) error { return os.WriteFile(path, data, 0o644) }},
		"by rename":             {write: byRename, replaces: true},
		"in place, open before": {write: openBefore},
	}
}

// byRename writes as most programs do.
func byRename(path string, data []byte) error {
	temp := path + "~"
	if err := os.WriteFile(temp, data, 0o644); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// openBefore writes into a file that has been open for a part of the settle time.
func openBefore(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	time.Sleep(rand.N(settle / 4))
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err = file.WriteAt(data, 0)
	return err
}

// written is a session file that another program writes, and all that it wrote.
type written struct {
	key session.Key
	// writes are the states that were written, the first by the test. Each write has its
	// place here as a number in the file.
	writes []state
	slow   bool // one write took longer than the settle time: nothing is promised to it
}

// state is what an edit may change.
type state struct{ status, email string }

// content returns what the nth write of a session puts into its file.
func content(key session.Key, n int, is state) []byte {
	return harness.NewContent(key).With("number", n).With("status", is.status).With("email", is.email).Bytes()
}

// read returns what a session file says. It fails where another program is writing it.
func read(path string) (data []byte, n int, is state, err error) {
	if data, err = os.ReadFile(path); err != nil {
		return nil, 0, state{}, err
	}
	n, is, err = parse(data)
	return data, n, is, err
}

// write reads and rewrites the file as fast as it can for a while, as a program does that
// changes another member, and counts. It ends where the file is gone.
func (w *written) write(t *testing.T, root string, way func(string, []byte) error) {
	path := harness.FileOf(root, w.key)
	for until := time.Now().Add(rand.N(longest)); time.Now().Before(until); {
		_, _, is, err := read(path)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			t.Errorf("%q cannot be read: %v", w.key, err) // nobody else leaves a part of a file
			return
		}
		began := time.Now()
		w.writes = append(w.writes, is)
		err = way(path, content(w.key, len(w.writes)-1, is))
		w.slow = w.slow || time.Since(began) > settle
		if errors.Is(err, fs.ErrNotExist) {
			w.writes = w.writes[:len(w.writes)-1]
			return
		}
		if err != nil {
			t.Error(err)
			return
		}
	}
}

// writeBeside has other programs write some files, each at about the time at which the daemon
// is at it: when it makes temporary files for those that are some places before it.
func writeBeside(t *testing.T, root string, files map[session.Key]*written, order []session.Key, lead int, way func(string, []byte) error) (end func()) {
	seen := watchTemporaries(t, filepath.Join(root, app))
	place := make(map[string]int, len(order))
	for i, key := range order {
		place[key.ID] = i
	}
	var writing sync.WaitGroup
	atWork := make(chan struct{}, writers)
	begun := 0
	upTo := func(last int) {
		for ; begun < min(last, len(order)); begun++ {
			w := files[order[begun]]
			if w == nil {
				continue
			}
			writing.Go(func() {
				time.Sleep(rand.N(settle / 2))
				atWork <- struct{}{}
				defer func() { <-atWork }()
				w.write(t, root, way)
			})
		}
	}
	upTo(lead)
	var watching sync.WaitGroup
	watching.Go(func() {
		for name := range seen.names {
			if i, ok := place[idOf(name)]; ok {
				upTo(i + 1 + lead)
			}
		}
	})
	return func() {
		seen.close()
		watching.Wait()
		upTo(len(order))
		writing.Wait()
	}
}

// idOf returns the id of the session that a temporary file is for.
func idOf(name string) string {
	name = strings.TrimSuffix(name, ".tmp")
	return name[strings.LastIndexByte(name, '-')+1:]
}

// watch is told of temporary files by the kernel.
type watch struct {
	names chan string
	file  *os.File
}

func watchTemporaries(t *testing.T, folder string) watch {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	harness.Must(t, err)
	w := watch{make(chan string, 1000), os.NewFile(uintptr(fd), "inotify")}
	_, err = unix.InotifyAddWatch(fd, folder, unix.IN_CREATE|unix.IN_MOVED_TO)
	harness.Must(t, err)
	go func() {
		defer close(w.names)
		buffer := make([]byte, 64<<10)
		for {
			n, err := w.file.Read(buffer)
			if err != nil {
				return
			}
			for rest := buffer[:n]; len(rest) > 0; {
				length := unix.SizeofInotifyEvent + int(rest[12]) + int(rest[13])<<8 // of the name, a short one
				name := string(bytes.TrimRight(rest[unix.SizeofInotifyEvent:length], "\x00"))
				if rest = rest[length:]; strings.HasPrefix(name, ".sessiond-") {
					w.names <- name
				}
			}
		}
	}()
	return w
}

func (w watch) close() { _ = w.file.Close() }
