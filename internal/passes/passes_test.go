package passes

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sessiond/internal/passes/passestest"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
	"sessiond/internal/store"
	"sessiond/internal/validate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// deadline is long enough for the slowest machine: tests wait for states.
const deadline = passestest.Deadline

// running is a loop at work for a test.
type running struct {
	*Loop
	root string
	tree *passestest.Tree
	end  context.CancelFunc // has it end, without waiting for that
}

// start runs a loop over a new root that has the files of some devices. Nothing but
// the test triggers its passes.
func start(t *testing.T, devices ...int) *running {
	t.Helper()
	return startWith(t, refresh.Config{}, devices...)
}

func startWith(t *testing.T, memory refresh.Config, devices ...int) *running {
	t.Helper()
	root := t.TempDir()
	for _, n := range devices {
		passestest.Write(t, root, passestest.Key(n), passestest.Content(n, "a@example.com"))
	}
	judge, err := validate.New()
	if err != nil {
		t.Fatal(err)
	}
	tree, clock := passestest.New(root), refresh.SystemClock()
	memory.Tree, memory.Judge, memory.Settle, memory.Clock = tree, judge, 20*time.Millisecond, clock
	l := New(Config{
		Memory:   refresh.New(memory),
		Store:    store.New(time.Now()),
		Clock:    clock,
		Applied:  func(Pass) {},
		Finished: func(bool) {},
	})
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() { l.Run(ctx) })
	t.Cleanup(func() { cancel(); run.Wait() })
	<-l.Ready()
	return &running{Loop: l, root: root, tree: tree, end: cancel}
}

func (r *running) refresh(t *testing.T) session.Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	report, err := r.Refresh(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// nothing is what a request adds that asks for no more than a look.
func nothing(*pendingWork) {}

func (r *running) view() *store.View { return r.cfg.Store.View() }

func TestWaitingRequestsShareAPass(t *testing.T) {
	const requests = 1000
	r := start(t, 1)
	before := r.view().Passes()

	arrived, release := r.tree.Hold()
	first := make(chan session.Report, 1)
	go func() { first <- r.refresh(t) }()
	<-arrived // a pass has begun: what comes now must not be answered by it
	waiting := make(map[string]*waiter)
	for n := range requests {
		waiting[fmt.Sprint(n)] = r.queue.refresh(nothing)
	}
	passestest.Write(t, r.root, passestest.Key(1), passestest.Content(1, "after@example.com"))
	release()

	early := <-first
	for _, report := range answers(t, waiting) {
		if report.Pass != early.Pass+1 {
			t.Fatalf("answered by pass %d, the one after %d is the one that began after the requests", report.Pass, early.Pass)
		}
	}
	if passes := r.view().Passes() - before; passes != 2 {
		t.Errorf("%d passes for 1 + %d requests, want 2", passes, requests)
	}
	if l, _ := r.view().Get(passestest.Key(1)); l.Details().Email != "after@example.com" {
		t.Errorf("e-mail %q after the refresh", l.Details().Email)
	}
}

func TestSignalsDuringAPassLeadToOneMore(t *testing.T) {
	r := start(t)
	before := r.view().Passes()
	arrived, release := r.tree.Hold()
	r.Hangup()
	<-arrived
	for range 100 {
		r.Hangup()
	}
	release()
	passestest.Until(t, "at rest", func() bool { return !r.Busy() })
	if passes := r.view().Passes() - before; passes != 2 {
		t.Errorf("%d passes, want 2", passes)
	}
	if trigger := r.view().LastPass().Trigger; trigger != session.TriggerSignal {
		t.Errorf("trigger %q", trigger)
	}
}

func TestAnswerWaitsForWhatIsInMotion(t *testing.T) {
	r := start(t, 1)
	passestest.Write(t, r.root, passestest.Key(1), "{")
	report := r.refresh(t)
	if report.Rejected != 1 || report.Removed != 1 || report.Checked != 1 || len(report.Unsettled) != 0 {
		t.Errorf("answer %+v, want the file rejected and its session removed", report)
	}
	if len(report.Errors) != 1 || report.Errors[0].ErrCode != int(session.CodeSyntax) {
		t.Errorf("errors %+v", report.Errors)
	}
	if last := r.view().LastPass(); last.Pass != report.Pass {
		t.Errorf("the answer bears pass %d, the last one that was no retry is %d", report.Pass, last.Pass)
	}
}

// A pass that runs when the daemon is asked to stop answers its own request, if it
// ends in time. Who waits for the next one, or comes later, is told.
func TestRequestsEndWithTheLoop(t *testing.T) {
	r := start(t)
	arrived, release := r.tree.Hold()
	ask := func() <-chan error {
		answered := make(chan error, 1)
		go func() { _, err := r.Refresh(context.Background()); answered <- err }()
		return answered
	}
	running := ask()
	<-arrived
	waiting := ask()
	passestest.Until(t, "the second request waits", func() bool { return r.queue.isPending() })
	r.end() // while the pass is held
	if err := <-waiting; !errors.Is(err, ErrStopping) {
		t.Errorf("the waiting request got %v", err)
	}
	if err := <-ask(); !errors.Is(err, ErrStopping) {
		t.Errorf("a request after the end got %v", err)
	}
	release()
	if err := <-running; err != nil {
		t.Errorf("the running request got %v", err)
	}
}

func (r *running) remove(t *testing.T, key session.Key) {
	t.Helper()
	if err := os.Remove(filepath.Join(r.root, filepath.FromSlash(key.String()))); err != nil {
		t.Fatal(err)
	}
}
