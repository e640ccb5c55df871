//go:build unix

package script

import (
	"os"
	"os/exec"
	"slices"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
)

// daemonCommand is daemon [ARG…].
func daemonCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "daemon")
	log := openLog(ts)
	defer log.Close()
	startDaemon(ts, log, args)
}

// openLog opens the file that the daemons of a script log to.
func openLog(ts *testscript.TestScript) *os.File {
	log, err := os.OpenFile(stageOf(ts).logFile, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	ts.Check(err)
	return log
}

func startDaemon(ts *testscript.TestScript, stderr *os.File, args []string) {
	s := stageOf(ts)
	cmd := exec.Command("sessiond", append([]string{"run", "--root", ts.Getenv("ROOT")}, args...)...)
	cmd.Dir, cmd.Env, cmd.Stderr = ts.MkAbs("."), environ(ts), stderr
	d, err := harness.Start(cmd, socketOf(ts, args))
	ts.Check(err)
	s.daemons = append(s.daemons, d)
	status, err := d.Await("ready", func(now *api.Status) bool { return now.Passes > 0 })
	ts.Check(err)
	s.passes = status.Passes
}

// socketOf returns where a daemon with these arguments listens.
func socketOf(ts *testscript.TestScript, args []string) string {
	if i := slices.Index(args, "--socket"); i >= 0 && i+1 < len(args) {
		return args[i+1]
	}
	return ts.Getenv("SESSIOND_SOCKET")
}

// environ returns the variables of a script that a daemon may look at.
func environ(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range []string{
		"PATH", "HOME", "TMPDIR", "TZ", "XDG_RUNTIME_DIR", "GORACE", "NO_COLOR",
		"SESSIOND_SOCKET", "SESSIOND_CONFIG", "SESSIOND_ROOT", "SESSIOND_ADMIT", "SESSIOND_WATCH",
		"SESSIOND_RESYNC", "SESSIOND_LOG_LEVEL", "SESSIOND_LOG_FORMAT", "SESSIOND_PORT", "SESSIOND_PORT_80_TCP_ADDR",
	} {
		if value := ts.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// signalCommand is signal HUP|TERM|INT|KILL.
func signalCommand(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]os.Signal{
		"HUP": syscall.SIGHUP, "TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "KILL": syscall.SIGKILL,
	}
	refuse(ts, neg, "signal")
	if len(args) != 1 || signals[args[0]] == nil {
		ts.Fatalf("usage: signal HUP|TERM|INT|KILL")
	}
	ts.Check(stageOf(ts).daemon(ts).Signal(signals[args[0]]))
}

// stoppedCommand is stopped STATUS|killed.
func stoppedCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "stopped")
	if len(args) != 1 {
		ts.Fatalf("usage: stopped STATUS|killed")
	}
	how, err := stageOf(ts).daemon(ts).AwaitEnd()
	ts.Check(err)
	if how != args[0] {
		ts.Fatalf("the daemon ended with %s, want %s", how, args[0])
	}
}

// restCommand is rest.
func restCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "rest")
	if len(args) > 0 {
		ts.Fatalf("usage: rest")
	}
	s := stageOf(ts)
	status, err := s.daemon(ts).Await("at rest after another pass", func(now *api.Status) bool {
		return !now.Busy && now.Passes > s.passes
	})
	ts.Check(err)
	s.passes = status.Passes
}
