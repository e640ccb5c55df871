package daemon

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"

	"sessiond/internal/access"
	"sessiond/internal/config"
	"sessiond/internal/control/socket"
	"sessiond/internal/mobileapps"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
	"sessiond/internal/validate"
)

// panicRoot tells the process that TestPanicInAPass starts over which root its
// daemon is to run.
const panicRoot = "SESSIOND_TEST_PANIC_ROOT"

// defective is a judge with a defect that one file brings out.
type defective struct {
	judge refresh.Judge
	at    session.Key
}

func (j defective) Judge(key session.Key, data []byte) (*session.Session, *session.Problem) {
	if key == j.at {
		panic("a defect")
	}
	return j.judge.Judge(key, data)
}

// A defect in a pass ends the process, and not with 0, so that the service manager
// starts it again: the memory could be half changed. Nothing is lost by that, since
// the start restores the sessions.
func TestPanicInAPass(t *testing.T) {
	if root := os.Getenv(panicRoot); root != "" {
		runWithDefect(t, root)
		return
	}
	root := filepath.Join(t.TempDir(), "MobileApps")
	for n := range 3 {
		passestest.Write(t, root, passestest.Key(n), passestest.Content(n, "a@example.com"))
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestPanicInAPass$")
	cmd.Env = append(os.Environ(), panicRoot+"="+root)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() <= 0 {
		t.Errorf("the process with a defect ended with %v, want an exit status that is not 0\n%s", err, out)
	}
	if !strings.Contains(string(out), "panic: a defect") {
		t.Errorf("the process tells nothing of its defect: %s", out)
	}

	r := start(t, func(fresh string) {
		if err := os.Remove(fresh); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(root, fresh); err != nil {
			t.Fatal(err)
		}
	}, nil)
	if s := r.status(); s.Sessions != 4 {
		t.Errorf("%d sessions after the restart, want 4: the file that brought out the defect is valid", s.Sessions)
	}
}

// runWithDefect runs a daemon that comes upon its defect after it has loaded.
func runWithDefect(t *testing.T, root string) {
	judge, err := validate.New()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	settings := config.Settings{
		Root: root, Admit: config.AdmitRestore, Watch: config.WatchOff, MaxFileSize: passestest.MaxFileSize,
	}
	const defect = 9
	tree := mobileapps.NewDisk(root, settings.MaxFileSize)
	d := assemble(Options{Settings: settings, Log: zap.NewNop(), LostLines: func() uint64 { return 0 }}, access.Policy{}, tree, defective{judge, passestest.Key(defect)}, refresh.SystemClock())
	d.listener, err = socket.Listen(socket.Config{Path: filepath.Join(folder, "s"), Mode: 0o600})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-d.ready
		passestest.Write(t, root, passestest.Key(defect), passestest.Content(defect, "a@example.com"))
		_, _ = d.passes.Refresh(t.Context())
	}()
	_ = d.Run(t.Context()) // it must not return; if it does, the exit status is 0
}
