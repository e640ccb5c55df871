package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"sessiond/internal/metrics"
	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
	"sessiond/internal/store"
	"sessiond/internal/validate"
)

// TestErrorsTakeAndReturnMemory has many files be rejected, and then too large to be
// judged: what is kept for each, by all packages together, is no more than a session
// takes, and it is given back once the errors end.
func TestErrorsTakeAndReturnMemory(t *testing.T) {
	const files = 5_000
	judge, err := validate.New()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	app := filepath.Join(root, "com.example.errors")
	must(t, os.Mkdir(app, 0o700))
	path := func(i int) string { return filepath.Join(app, fmt.Sprintf("%040d", i)) }
	instant := refresh.SystemClock()()
	s := store.New(instant.Wall)
	m := metrics.New(metrics.Config{})
	memory := refresh.New(refresh.Config{
		Tree: mobileapps.NewDisk(root, 1000), Judge: judge, Settle: 250 * time.Millisecond,
		Clock: func() refresh.Instant { return instant },
	})
	passes := func() {
		for range 2 { // looks that agree
			before := s.View()
			o := memory.Pass(refresh.Request{Trigger: session.TriggerSocket, Full: true}).Outcome
			s.Apply(o)
			m.Observe(metrics.Pass{Outcome: o, Before: before, After: s.View()})
			instant.Mono += time.Second
			instant.Wall = instant.Wall.Add(time.Second)
		}
	}
	heap := func() int {
		for range 2 { // pools keep for one collection what was used last
			runtime.GC()
		}
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		return int(now.HeapAlloc)
	}
	passes()
	empty := heap()
	for i := range files {
		must(t, os.WriteFile(path(i), []byte("{}"), 0o600))
	}
	passes()
	if each := (heap() - empty) / files; s.View().Totals().Rejected != files || each > 450 {
		t.Errorf("%d files are rejected, with %d bytes each, want 450 at most", s.View().Totals().Rejected, each)
	}
	for i := range files {
		must(t, os.Truncate(path(i), 1001))
	}
	passes()
	if each := (heap() - empty) / files; s.View().CountUnsettled().Unreadable != files || each > 950 {
		t.Errorf("%d files are unreadable, with %d bytes each, want 950 at most", s.View().CountUnsettled().Unreadable, each)
	}
	must(t, os.RemoveAll(app))
	passes()
	if each := (heap() - empty) / files; s.View().CountProblems() != 0 || each > 8 {
		t.Errorf("%d errors are left, with %d bytes for each there was, want 8 at most", s.View().CountProblems(), each)
	}
	runtime.KeepAlive(memory)
	runtime.KeepAlive(m)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
