//go:build unix

package script

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"sessiond/e2e/harness"
)

// follower is a running sessiond events. What it writes is in the files events.out
// and events.err of the script.
type follower struct {
	cmd   *exec.Cmd
	ended chan struct{}
}

// followCommand is follow [ARG…].
func followCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "follow")
	cmd := exec.Command("sessiond", append([]string{"events"}, args...)...)
	cmd.Env = environ(ts)
	out, err := os.Create(filepath.Join(ts.Getenv("WORK"), "events.out"))
	ts.Check(err)
	defer out.Close()
	problems, err := os.Create(filepath.Join(ts.Getenv("WORK"), "events.err"))
	ts.Check(err)
	defer problems.Close()
	cmd.Stdout, cmd.Stderr = out, problems
	ts.Check(cmd.Start())
	f := &follower{cmd: cmd, ended: make(chan struct{})}
	go func() {
		defer close(f.ended)
		_ = cmd.Wait() // how it ended is in the ProcessState
	}()
	s := stageOf(ts)
	s.followers = append(s.followers, f)
}

func followerOf(ts *testscript.TestScript) *follower {
	all := stageOf(ts).followers
	if len(all) == 0 {
		ts.Fatalf("no follower was started")
	}
	return all[len(all)-1]
}

// seenCommand is seen REGEXP.
func seenCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "seen")
	if len(args) != 1 {
		ts.Fatalf("usage: seen REGEXP")
	}
	matches(ts, args[0], "events.out")
}

// matches waits until a file that grows matches.
func matches(ts *testscript.TestScript, expression, file string) {
	wanted, err := regexp.Compile(`(?m)` + expression)
	ts.Check(err)
	if !harness.Eventually(func() bool { return wanted.MatchString(ts.ReadFile(file)) }) {
		ts.Fatalf("%s does not match %q after %v:\n%s", file, expression, harness.Patience, ts.ReadFile(file))
	}
}

// leftCommand is left [-interrupt] STATUS.
func leftCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "left")
	f := followerOf(ts)
	if len(args) == 2 && args[0] == "-interrupt" {
		ts.Check(f.cmd.Process.Signal(syscall.SIGINT))
		args = args[1:]
	}
	if len(args) != 1 {
		ts.Fatalf("usage: left [-interrupt] STATUS")
	}
	select {
	case <-f.ended:
	case <-time.After(harness.Patience):
		ts.Fatalf("the follower runs on after %v", harness.Patience)
	}
	if status := fmt.Sprint(f.cmd.ProcessState.ExitCode()); status != args[0] {
		ts.Fatalf("the follower ended with %s, want %s: %s", status, args[0], ts.ReadFile("events.err"))
	}
}

func (f *follower) kill() {
	_ = f.cmd.Process.Kill() // it may have ended
	<-f.ended
}
