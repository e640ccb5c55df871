package refresh_test

import (
	"fmt"
	"testing"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// Some files are read before the first of them is judged. On a slow share that takes
// long, and an edit in that time, within the tick of the file system's clock in which
// the file was last written, must not be hidden by a signature that has aged only
// since.
func TestEditAmongSlowReads(t *testing.T) {
	const (
		faulty = 10 // files that are decided about together with the first of those that are read
		read   = 64
		edited = "a.b/64"
	)
	clock := newClock()
	tree := newTree(clock.read, 2*time.Second)
	memory := refresh.New(refresh.Config{Tree: mobileapps.NewBounded(tree, 0), Clock: clock.read, Judge: judge{}, Settle: settle})
	full := func() session.Report {
		return memory.Pass(refresh.Request{Trigger: session.TriggerPoll, Full: true}).Report
	}
	path := func(i int) string { return fmt.Sprintf("a.b/%02d", i) }
	for i := range faulty + read {
		tree.write(path(i), "valid 0")
	}
	clock.pass(48 * time.Hour)
	full()

	for i := faulty; i < faulty+read; i++ {
		tree.write(path(i), "valid 1")
	}
	if got := full().Updated; got != read {
		t.Fatalf("%d updated, want %d", got, read)
	}
	tree.faults.of = func(c call, of string) error {
		if c == statFile && of < path(faulty) {
			return session.ErrIO
		}
		return nil
	}
	tree.faults.during = func(of string) {
		switch {
		case of == edited:
			tree.write(edited, "valid 2")
		case of > edited:
			clock.pass(300 * time.Millisecond)
		}
	}
	if got := full().Unchanged; got != read {
		t.Fatalf("%d unchanged, want %d", got, read)
	}
	tree.faults = trouble{}
	if got := full().Updated; got != 1 {
		t.Errorf("%d updated, want the file that was edited", got)
	}
}
