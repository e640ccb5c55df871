//go:build unix

package script

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"

	"sessiond/e2e/harness"
)

// unprivilegedCommand is unprivileged STATUS PROGRAM [ARG…].
//
// The PATH is empty: where a service manager runs, its tools are not found, so
// that no test asks it, or a person through it, for anything.
func unprivilegedCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "unprivileged")
	if len(args) < 2 {
		ts.Fatalf("usage: unprivileged STATUS PROGRAM [ARG…]")
	}
	wanted, err := strconv.Atoi(args[0])
	ts.Check(err)
	var out, problems strings.Builder
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Dir = "/"
	cmd.Env = []string{"SESSIOND_CONFIG=" + os.DevNull, "PATH="}
	cmd.Stdout, cmd.Stderr = &out, &problems
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: harness.Nobody, Gid: harness.Nobody}}
	}
	status := exitOf(ts, cmd.Run())
	fmt.Fprint(ts.Stdout(), out.String())
	fmt.Fprint(ts.Stderr(), problems.String())
	if status != wanted {
		ts.Fatalf("exit status %d, want %d: %s", status, wanted, problems.String())
	}
}
