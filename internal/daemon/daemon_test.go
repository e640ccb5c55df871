package daemon

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"sessiond/internal/config"
	"sessiond/internal/control/socket"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
	"sessiond/internal/validate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// deadline is long enough for the slowest machine: tests wait for states.
const deadline = 30 * time.Second

// running is a daemon at work for a test.
type running struct {
	*Daemon
	root string
	tree *held
	logs *observer.ObservedLogs
	stop func() // ends it, and waits for its end
}

// start runs a daemon over a new root that prepare fills. Nothing but the test
// triggers its passes, unless the settings say so.
func start(t *testing.T, prepare func(root string), change func(*config.Settings)) *running {
	t.Helper()
	root := filepath.Join(t.TempDir(), "MobileApps")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	if prepare != nil {
		prepare(root)
	}
	settings := config.Settings{
		Root: root, Admit: config.AdmitRestore, Watch: config.WatchOff,
		Settle: 20 * time.Millisecond, Debounce: time.Millisecond, DebounceMax: 10 * time.Millisecond,
		Poll: 20 * time.Millisecond, MaxFileSize: maxFileSize,
		Socket: filepath.Join(shortDir(t), "s"), SocketMode: 0o600,
	}
	if change != nil {
		change(&settings)
	}
	core, logs := observer.New(zapcore.DebugLevel)
	judge, err := validate.New()
	if err != nil {
		t.Fatal(err)
	}
	tree := newHeld(root)
	d := assemble(Options{Settings: settings, Version: "test", Log: zap.New(core)}, tree, judge, refresh.SystemClock())
	d.listener, err = socket.Listen(socket.Config{Path: settings.Socket, Mode: settings.SocketMode})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	var once sync.Once
	r := &running{Daemon: d, root: root, tree: tree, logs: logs, stop: func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-ended:
				if err != nil {
					t.Errorf("Run: %v", err)
				}
			case <-time.After(deadline):
				t.Error("the daemon does not stop")
			}
		})
	}}
	t.Cleanup(r.stop)
	<-d.Ready()
	return r
}

// shortDir returns a folder whose path is short enough for a socket's.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// until waits for a state.
func until(t *testing.T, what string, reached func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	limit := time.After(deadline)
	for !reached() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("never: %s", what)
		}
	}
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

func (r *running) pendingRefreshes() int {
	r.queue.mu.Lock()
	defer r.queue.mu.Unlock()
	return len(r.queue.pending.refreshes)
}

func TestStartUpAdmitsWhatIsValid(t *testing.T) {
	r := start(t, func(root string) {
		write(t, root, key(1), content(1, "a@example.com"))
		write(t, root, key(2), "{")
	}, nil)
	s := r.Status()
	if s.Sessions != 1 || s.LastPass == nil || s.LastPass.Trigger != session.TriggerStartup || s.LastPass.Admitted != 1 {
		t.Errorf("after the first load: %+v", s)
	}
	until(t, "the invalid file is an error", func() bool { return len(r.Status().Errors) == 1 })
}

func TestWaitingRequestsShareAPass(t *testing.T) {
	const requests = 1000
	r := start(t, func(root string) { write(t, root, key(1), content(1, "before@example.com")) }, nil)
	before := r.Status().Passes

	arrived, release := r.tree.hold()
	first := make(chan session.Report, 1)
	go func() { first <- r.refresh(t) }()
	<-arrived // a pass has begun: what comes now must not be answered by it
	reports := make(chan session.Report, requests)
	for range requests {
		go func() { reports <- r.refresh(t) }()
	}
	until(t, "all requests wait", func() bool { return r.pendingRefreshes() == requests })
	write(t, r.root, key(1), content(1, "after@example.com"))
	release()

	early := <-first
	for range requests {
		report := <-reports
		if report.Pass != early.Pass+1 {
			t.Fatalf("answered by pass %d, the one after %d is the one that began after the requests", report.Pass, early.Pass)
		}
	}
	if passes := r.Status().Passes - before; passes != 2 {
		t.Errorf("%d passes for 1 + %d requests, want 2", passes, requests)
	}
	if l, _ := r.store.View().Get(key(1)); l.Details().Email != "after@example.com" {
		t.Errorf("e-mail %q after the refresh", l.Details().Email)
	}
}

func TestSignalsDuringAPassLeadToOneMore(t *testing.T) {
	r := start(t, nil, nil)
	before := r.Status().Passes
	arrived, release := r.tree.hold()
	r.queue.hangup()
	<-arrived
	for range 100 {
		r.queue.hangup()
	}
	release()
	until(t, "at rest", func() bool { return !r.Status().Busy })
	if passes := r.Status().Passes - before; passes != 2 {
		t.Errorf("%d passes, want 2", passes)
	}
	if trigger := r.Status().LastPass.Trigger; trigger != session.TriggerSignal {
		t.Errorf("trigger %q", trigger)
	}
}

func TestAnswerWaitsForWhatIsInMotion(t *testing.T) {
	r := start(t, func(root string) { write(t, root, key(1), content(1, "a@example.com")) }, nil)
	write(t, r.root, key(1), "{")
	report := r.refresh(t)
	if report.Rejected != 1 || report.Removed != 1 || report.Checked != 1 || len(report.Unsettled) != 0 {
		t.Errorf("answer %+v, want the file rejected and its session removed", report)
	}
	if len(report.Errors) != 1 || report.Errors[0].ErrCode != int(session.CodeSyntax) {
		t.Errorf("errors %+v", report.Errors)
	}
	if last := r.Status().LastPass; last.Pass != report.Pass {
		t.Errorf("the answer bears pass %d, the last one that was no retry is %d", report.Pass, last.Pass)
	}
}

func TestOpenAdmitsByName(t *testing.T) {
	r := start(t, func(root string) { write(t, root, key(1), content(1, "a@example.com")) }, nil)
	write(t, r.root, key(2), content(2, "b@example.com"))
	if report := r.refresh(t); report.NotInMemory != 1 || report.Admitted != 0 {
		t.Fatalf("a refresh must not admit: %+v", report)
	}
	if hints := r.Status().Hints; len(hints) != 1 || !strings.Contains(hints[0], "open --all") {
		t.Errorf("hints %q", hints)
	}
	report, err := r.Open(t.Context(), key(2))
	if err != nil || report.Admitted != 1 || report.Trigger != session.TriggerOpen || report.Scope != session.ScopeFiles {
		t.Errorf("open: %+v, %v", report, err)
	}
	write(t, r.root, key(3), content(3, "c@example.com"))
	report, err = r.OpenAll(t.Context())
	if err != nil || report.Admitted != 1 || report.Unchanged != 2 || report.Scope != session.ScopeFull {
		t.Errorf("open all: %+v, %v", report, err)
	}
}

func TestWatchedEditIsSeen(t *testing.T) {
	r := start(t, func(root string) { write(t, root, key(1), content(1, "a@example.com")) },
		func(s *config.Settings) { s.Watch = config.WatchEvents })
	write(t, r.root, key(1), content(1, "b@example.com"))
	until(t, "the edit is in memory", func() bool {
		l, found := r.store.View().Get(key(1))
		return found && l.Details().Email == "b@example.com"
	})
	if err := os.Remove(filepath.Join(r.root, filepath.FromSlash(key(1).String()))); err != nil {
		t.Fatal(err)
	}
	until(t, "the deleted session is removed", func() bool { return r.Status().Sessions == 0 })
	until(t, "at rest", func() bool { return !r.Status().Busy })
}

// A pass that runs when the daemon is asked to stop answers its own request, if it
// ends in time. Who waits for the next one, or comes later, is told.
func TestRequestsEndWithTheDaemon(t *testing.T) {
	r := start(t, nil, nil)
	arrived, release := r.tree.hold()
	ask := func() <-chan error {
		answered := make(chan error, 1)
		go func() { _, err := r.Refresh(context.Background()); answered <- err }()
		return answered
	}
	running := ask()
	<-arrived
	waiting := ask()
	until(t, "the second request waits", func() bool { return r.pendingRefreshes() == 1 })
	r.stop() // while the pass is held
	if err := <-waiting; !errors.Is(err, errStopping) {
		t.Errorf("the waiting request got %v", err)
	}
	if err := <-ask(); !errors.Is(err, errStopping) {
		t.Errorf("a request after the end got %v", err)
	}
	release()
	if err := <-running; err != nil {
		t.Errorf("the running request got %v", err)
	}
}

func TestLogTellsEachProblemOnce(t *testing.T) {
	r := start(t, func(root string) { write(t, root, key(1), content(1, "secret@example.com")) }, nil)
	write(t, r.root, key(1), "{")
	for range 3 {
		r.refresh(t)
	}
	write(t, r.root, key(1), `{"a":1}`)
	r.refresh(t)
	r.refresh(t)
	write(t, r.root, key(1), content(1, "secret@example.com"))
	r.refresh(t)
	for message, want := range map[string]int{"problem": 1, "problem changed": 1, "problem ended": 1} {
		if got := r.logs.FilterMessage(message).Len(); got != want {
			t.Errorf("%d lines %q, want %d", got, message, want)
		}
	}
	r.stop()
	for _, entry := range r.logs.All() {
		line := entry.Message
		for name, value := range entry.ContextMap() {
			line += name
			if text, ok := value.(string); ok {
				line += text
			}
			if texts, ok := value.([]any); ok {
				for _, text := range texts {
					line += text.(string)
				}
			}
		}
		if strings.Contains(line, key(1).ID) || strings.Contains(line, "push-secret") || strings.Contains(line, "eyJ") {
			t.Errorf("the log tells a secret: %s", line)
		}
	}
	if r.logs.FilterField(zap.Strings("removedSessions", []string{key(1).Short()})).Len() != 1 {
		t.Error("no line names the session that was removed")
	}
}

func TestToldOnceWhatTheTreeIsWithout(t *testing.T) {
	r := start(t, nil, nil)
	wants := func(word string) {
		t.Helper()
		r.refresh(t)
		r.refresh(t)
		if hints := r.Status().Hints; len(hints) != 1 || !strings.Contains(hints[0], word) {
			t.Errorf("hints %q, want one with %q", hints, word)
		}
		warnings := r.logs.FilterLevelExact(zapcore.WarnLevel)
		if told := warnings.Filter(func(e observer.LoggedEntry) bool { return strings.Contains(e.Message, word) }); told.Len() != 1 {
			t.Errorf("warnings %v, want one with %q", warnings.All(), word)
		}
	}
	wants("holds no app folder")
	if err := os.Remove(r.root); err != nil {
		t.Fatal(err)
	}
	wants("is not there")
	write(t, r.root, key(1), content(1, "a@example.com"))
	if report := r.refresh(t); report.Admitted != 1 {
		t.Errorf("the root that came: %+v, want its session admitted", report)
	}
	if hints := r.Status().Hints; len(hints) != 0 {
		t.Errorf("hints %q", hints)
	}
}
