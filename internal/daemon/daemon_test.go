package daemon

import (
	"context"
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

	"sessiond/internal/api"
	"sessiond/internal/config"
	"sessiond/internal/control/socket"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
	"sessiond/internal/validate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// deadline is long enough for the slowest machine: tests wait for states.
const deadline = passestest.Deadline

// running is a daemon at work for a test.
type running struct {
	*Daemon
	root string
	tree *passestest.Tree
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
		Poll: 20 * time.Millisecond, MaxFileSize: passestest.MaxFileSize,
		Socket: filepath.Join(shortDir(t), "s"), SocketMode: 0o600, AdminSelf: true,
	}
	if change != nil {
		change(&settings)
	}
	core, logs := observer.New(zapcore.DebugLevel)
	judge, err := validate.New()
	if err != nil {
		t.Fatal(err)
	}
	tree := passestest.New(root)
	policy, err := newPolicy(settings)
	if err != nil {
		t.Fatal(err)
	}
	d := assemble(Options{Settings: settings, Version: "test", Log: zap.New(core), LostLines: func() uint64 { return 0 }}, policy, tree, judge, refresh.SystemClock())
	d.listener, err = socket.Listen(socket.Config{Path: settings.Socket, Mode: settings.SocketMode})
	if err != nil {
		t.Fatal(err)
	}
	if d.checked, err = listenCheck(nil, settings, d.log); err != nil {
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
	<-d.ready
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

func (r *running) refresh(t *testing.T) session.Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	report, err := r.passes.Refresh(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestStartUpAdmitsWhatIsValid(t *testing.T) {
	r := start(t, func(root string) {
		passestest.Write(t, root, passestest.Key(1), passestest.Content(1, "a@example.com"))
		passestest.Write(t, root, passestest.Key(2), "{")
	}, nil)
	s := r.status()
	if s.Sessions != 1 || s.LastPass == nil || s.LastPass.Trigger != session.TriggerStartup || s.LastPass.Admitted != 1 {
		t.Errorf("after the first load: %+v", s)
	}
	passestest.Until(t, "the invalid file is an error", func() bool { return len(r.status().Errors) == 1 })
}

func TestOpenAdmitsByName(t *testing.T) {
	r := start(t, func(root string) {
		passestest.Write(t, root, passestest.Key(1), passestest.Content(1, "a@example.com"))
	}, nil)
	passestest.Write(t, r.root, passestest.Key(2), passestest.Content(2, "b@example.com"))
	if report := r.refresh(t); report.NotInMemory != 1 || report.Admitted != 0 {
		t.Fatalf("a refresh must not admit: %+v", report)
	}
	if hints := r.status().Hints; len(hints) != 1 || hints[0].Code != api.HintNotInMemory || !strings.Contains(hints[0].Text, "open --all") {
		t.Errorf("hints %q", hints)
	}
	report, err := r.passes.Open(t.Context(), passestest.Key(2))
	if err != nil || report.Admitted != 1 || report.Trigger != session.TriggerOpen || report.Scope != session.ScopeFiles {
		t.Errorf("open: %+v, %v", report, err)
	}
	passestest.Write(t, r.root, passestest.Key(3), passestest.Content(3, "c@example.com"))
	report, err = r.passes.OpenAll(t.Context())
	if err != nil || report.Admitted != 1 || report.Unchanged != 2 || report.Scope != session.ScopeFull {
		t.Errorf("open all: %+v, %v", report, err)
	}
}

func TestWatchedEditIsSeen(t *testing.T) {
	r := start(t, func(root string) {
		passestest.Write(t, root, passestest.Key(1), passestest.Content(1, "a@example.com"))
	},
		func(s *config.Settings) { s.Watch = config.WatchEvents })
	passestest.Write(t, r.root, passestest.Key(1), passestest.Content(1, "b@example.com"))
	passestest.Until(t, "the edit is in memory", func() bool {
		l, found := r.store.View().Get(passestest.Key(1))
		return found && l.Details().Email == "b@example.com"
	})
	if err := os.Remove(filepath.Join(r.root, filepath.FromSlash(passestest.Key(1).String()))); err != nil {
		t.Fatal(err)
	}
	passestest.Until(t, "the deleted session is removed", func() bool { return r.status().Sessions == 0 })
	passestest.Until(t, "at rest", func() bool { return !r.status().Busy })
}

func TestLogTellsEachProblemOnce(t *testing.T) {
	r := start(t, func(root string) {
		passestest.Write(t, root, passestest.Key(1), passestest.Content(1, "secret@example.com"))
	}, nil)
	passestest.Write(t, r.root, passestest.Key(1), "{")
	for range 3 {
		r.refresh(t)
	}
	passestest.Write(t, r.root, passestest.Key(1), `{"a":1}`)
	r.refresh(t)
	r.refresh(t)
	passestest.Write(t, r.root, passestest.Key(1), passestest.Content(1, "secret@example.com"))
	r.refresh(t)
	for message, want := range map[string]int{"file rejected": 1, "file rejected for another reason": 1, "file valid again": 1} {
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
		if strings.Contains(line, passestest.Key(1).ID) || strings.Contains(line, "push-secret") || strings.Contains(line, "eyJ") {
			t.Errorf("the log tells a secret: %s", line)
		}
	}
	if r.logs.FilterMessage("session removed").FilterField(zap.String("session", passestest.Key(1).Short())).Len() != 1 {
		t.Error("no line names the session that was removed")
	}
}

func TestToldOnceWhatTheTreeIsWithout(t *testing.T) {
	r := start(t, nil, nil)
	wants := func(code api.HintCode, word string) {
		t.Helper()
		r.refresh(t)
		r.refresh(t)
		if hints := r.status().Hints; len(hints) != 1 || hints[0].Code != code || !strings.Contains(hints[0].Text, word) {
			t.Errorf("hints %q, want one with %q", hints, word)
		}
		warnings := r.logs.FilterLevelExact(zapcore.WarnLevel)
		if told := warnings.Filter(func(e observer.LoggedEntry) bool { return strings.Contains(e.Message, word) }); told.Len() != 1 {
			t.Errorf("warnings %v, want one with %q", warnings.All(), word)
		}
	}
	wants(api.HintRootWithoutApps, "holds no app folder")
	if err := os.Remove(r.root); err != nil {
		t.Fatal(err)
	}
	wants(api.HintRootMissing, "is not there")
	if err := os.MkdirAll(r.root, 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(r.root, passestest.Key(1).App)
	if err := os.Symlink("..data", link); err != nil {
		t.Fatal(err)
	}
	wants(api.HintOnlyLinks, "holds only links")
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	passestest.Write(t, r.root, passestest.Key(1), passestest.Content(1, "a@example.com"))
	if report := r.refresh(t); report.Admitted != 1 {
		t.Errorf("the root that came: %+v, want its session admitted", report)
	}
	if hints := r.status().Hints; len(hints) != 0 {
		t.Errorf("hints %q", hints)
	}
}
