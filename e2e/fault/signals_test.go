//go:build unix

package fault

import (
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// storm sends SIGHUP as fast as it can until the function it returns is called.
func storm(d *harness.Daemon) (end func()) {
	stop := make(chan struct{})
	var sending sync.WaitGroup
	sending.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-d.Ended:
				return
			default:
				_ = d.Signal(syscall.SIGHUP) // it may have ended
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
	harness.Fill(t, root, "com.example.a", 20)
	d := harness.Launch(t, root, "--watch", "off", "--resync", "0")
	end := storm(d)
	defer end()
	for n := range 10 {
		harness.Save(t, root, harness.NthKey("com.example.a", n), "second@example.com")
		d.Shows(t, harness.NthKey("com.example.a", n), "second@example.com")
		d.FullPass(t)
	}
	end()
	d.Reach(t, "at rest", harness.IsWell)
}

// TestHangupsAtTheEnd stops a daemon in the middle of a storm of SIGHUPs: that is a
// clean stop.
func TestHangupsAtTheEnd(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	harness.Fill(t, root, "com.example.a", 20)
	for range 8 {
		d := harness.Setting{}.Begin(t, root, "--resync", "0")
		harness.Must(t, d.AwaitReady())
		end := storm(d)
		d.Reach(t, "hearing SIGHUP", func(s *api.Status) bool { return s.LastPass.Trigger == session.TriggerSignal })
		harness.Must(t, d.Signal(syscall.SIGTERM))
		how, err := d.AwaitEnd()
		end()
		harness.Must(t, err)
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
	harness.Fill(t, root, "com.example.a", 200)
	for range 8 {
		folder := harness.ShortFolder(t)
		d := harness.Setting{Socket: filepath.Join(folder, "s")}.Begin(t, root, "--resync", "0")
		for !harness.Exists(filepath.Join(folder, "s")) && !d.HasEnded() {
			time.Sleep(100 * time.Microsecond)
		}
		end := storm(d)
		harness.Must(t, d.AwaitReady())
		end()
		d.Loads(t, 200)
		harness.Must(t, d.Stop())
	}
}

// TestStopInALargePass stops a daemon in the middle of its first look at 100,000
// files.
func TestStopInALargePass(t *testing.T) {
	t.Parallel()
	root := largeTree(t, 100_000)
	for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		folder := harness.ShortFolder(t)
		d := harness.Setting{Socket: filepath.Join(folder, "s")}.Begin(t, root, "--resync", "0")
		if !harness.Eventually(func() bool { s, err := d.Now(); return err == nil && s.Busy }) {
			t.Fatal("the daemon does not come up")
		}
		asked := time.Now()
		harness.Must(t, d.Signal(signal))
		how, err := d.AwaitEnd()
		harness.Must(t, err)
		t.Logf("it took %v after %v", time.Since(asked), signal)
		if how != "0" {
			t.Errorf("after %v the daemon ended with %q, want 0", signal, how)
		}
		if harness.Exists(filepath.Join(folder, "s")) {
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
		harness.Save(t, root, harness.NthKey(app, 0), "first@example.com")
		for i := 1; i < each; i++ {
			harness.Must(t, os.Link(harness.FileOf(root, harness.NthKey(app, 0)), harness.FileOf(root, harness.NthKey(app, i))))
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
			harness.Fill(t, root, "com.example.a", 1)
			reader, log, err := os.Pipe()
			harness.Must(t, err)
			defer reader.Close()
			d := harness.Setting{Shell: shell, Log: log}.Launch(t, root, "--watch", "off", "--resync", "0")
			harness.Must(t, log.Close()) // the daemon has its own
			harness.Must(t, reader.Close())
			for range 3 { // each is a line of the log
				harness.Save(t, root, harness.NthKey("com.example.a", 0), "second@example.com")
				d.FullPass(t)
			}
			d.Has(t, harness.NthKey("com.example.a", 0), "second@example.com")
		})
	}
}
