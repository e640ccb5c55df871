//go:build unix

package e2e

import (
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"sessiond/internal/session"
)

// storm sends SIGHUP as fast as it can until the function it returns is called.
func storm(d *daemon) (end func()) {
	stop := make(chan struct{})
	var sending sync.WaitGroup
	sending.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-d.ended:
				return
			default:
				_ = d.signal(syscall.SIGHUP) // it may have ended
			}
		}
	})
	return sync.OnceFunc(func() { close(stop); sending.Wait() })
}

// TestHangupStorm sends as many SIGHUPs as possible to a daemon at work: it sees
// what is edited meanwhile, answers, and rests when they end.
func TestHangupStorm(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fill(t, root, "com.example.a", 20)
	d := launch(t, root, "--watch", "off", "--resync", "0")
	end := storm(d)
	defer end()
	for n := range 10 {
		save(t, root, keyFor("com.example.a", n), "second@example.com")
		d.shows(t, keyFor("com.example.a", n), "second@example.com")
		d.refresh(t)
	}
	end()
	d.reach(t, "at rest", isWell)
}

// TestHangupsAtTheEnd stops a daemon in the middle of a storm of SIGHUPs: that is a
// clean stop.
func TestHangupsAtTheEnd(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fill(t, root, "com.example.a", 20)
	for range 8 {
		d := setting{}.begin(t, root, "--resync", "0")
		must(t, d.awaitReady())
		end := storm(d)
		d.reach(t, "hearing SIGHUP", func(s *session.Status) bool { return s.LastPass.Trigger == session.TriggerSignal })
		must(t, d.signal(syscall.SIGTERM))
		how, err := d.awaitEnd()
		end()
		must(t, err)
		if how != "0" {
			t.Errorf("the daemon ended with %q, want 0", how)
		}
	}
}

// TestHangupsAtTheStart sends SIGHUPs from the moment on at which the socket is
// there, long before the first load has ended.
func TestHangupsAtTheStart(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fill(t, root, "com.example.a", 200)
	for range 8 {
		folder := shortFolder(t)
		d := setting{socket: filepath.Join(folder, "s")}.begin(t, root, "--resync", "0")
		for !exists(filepath.Join(folder, "s")) && !d.hasEnded() {
			time.Sleep(100 * time.Microsecond)
		}
		end := storm(d)
		must(t, d.awaitReady())
		end()
		d.loads(t, 200)
		must(t, d.stop())
	}
}

// TestStopInALargePass stops a daemon in the middle of its first look at 100,000
// files.
func TestStopInALargePass(t *testing.T) {
	t.Parallel()
	root := largeTree(t, 100_000)
	for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		folder := shortFolder(t)
		d := setting{socket: filepath.Join(folder, "s")}.begin(t, root, "--resync", "0")
		if !eventually(func() bool { s, err := d.status(); return err == nil && s.Busy }) {
			t.Fatal("the daemon does not come up")
		}
		asked := time.Now()
		must(t, d.signal(signal))
		how, err := d.awaitEnd()
		must(t, err)
		t.Logf("it took %v after %v", time.Since(asked), signal)
		if how != "0" {
			t.Errorf("after %v the daemon ended with %q, want 0", signal, how)
		}
		if exists(filepath.Join(folder, "s")) {
			t.Error("the socket was left behind")
		}
	}
}

// largeTree returns a root with so many session files. They share few inodes, which
// is faster to make, and are in the wrong place, all but one.
func largeTree(t *testing.T, files int) string {
	t.Helper()
	root := t.TempDir()
	const each = 25_000 // fewer links to one file than any file system allows
	for n := 0; n < files; n += each {
		app := "com.example.large" + string(rune('a'+n/each))
		save(t, root, keyFor(app, 0), "first@example.com")
		for i := 1; i < each; i++ {
			must(t, os.Link(fileOf(root, keyFor(app, 0)), fileOf(root, keyFor(app, i))))
		}
	}
	return root
}

// TestReaderOfTheLogGoes takes the reader of the log away, as the end of a terminal
// multiplexer or of a log shipper does: the daemon goes on, whether SIGPIPE was
// ignored at its start, as service managers have it, or not.
func TestReaderOfTheLogGoes(t *testing.T) {
	t.Parallel()
	for name, shell := range map[string]string{"as it is": "", "SIGPIPE ignored": "trap '' PIPE"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			fill(t, root, "com.example.a", 1)
			reader, log, err := os.Pipe()
			must(t, err)
			defer reader.Close()
			d := setting{shell: shell, log: log}.launch(t, root, "--watch", "off", "--resync", "0")
			must(t, log.Close()) // the daemon has its own
			must(t, reader.Close())
			for range 3 { // each is a line of the log
				save(t, root, keyFor("com.example.a", 0), "second@example.com")
				d.refresh(t)
			}
			d.has(t, keyFor("com.example.a", 0), "second@example.com")
		})
	}
}
