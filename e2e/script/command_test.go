//go:build unix

package script

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

type command = func(ts *testscript.TestScript, neg bool, args []string)

// commands are the scripts' own commands, which testdata/script/README.md
// describes.
func commands() map[string]command {
	all := map[string]command{
		"daemon":       daemonCommand,
		"signal":       signalCommand,
		"stopped":      stoppedCommand,
		"rest":         restCommand,
		"logged":       loggedCommand,
		"follow":       followCommand,
		"seen":         seenCommand,
		"left":         leftCommand,
		"session":      sessionCommand(harness.Replace),
		"inplace":      sessionCommand(func(path string, data []byte) error { return harness.Rewrite(path, data, func() {}) }),
		"exits":        exitsCommand,
		"until":        untilCommand,
		"json":         jsonCommand,
		"request":      requestCommand,
		"mode":         modeCommand,
		"hides":        hidesCommand,
		"unprivileged": unprivilegedCommand,
		"tcp":          tcpCommand,
		"scraped":      scrapedCommand,
	}
	maps.Copy(all, terminalCommands())
	return all
}

func refuse(ts *testscript.TestScript, neg bool, name string) {
	if neg {
		ts.Fatalf("unsupported: ! %s", name)
	}
}

// sessionCommand is session KEY [FIELD…] and inplace KEY [FIELD…]: they differ in
// how they write the file.
func sessionCommand(write func(path string, data []byte) error) command {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		refuse(ts, neg, "session")
		if len(args) == 0 {
			ts.Fatalf("usage: session KEY [FIELD…]")
		}
		key, err := session.ParseKey(args[0])
		ts.Check(err)
		c := harness.NewContent(key)
		stageOf(ts).hide(key, c)
		for _, field := range args[1:] {
			ts.Check(c.Set(field))
		}
		stageOf(ts).hide(key, c)
		ts.Check(write(harness.FileOf(ts.Getenv("ROOT"), key), c.Bytes()))
	}
}

// loggedCommand is logged REGEXP.
func loggedCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "logged")
	if len(args) != 1 {
		ts.Fatalf("usage: logged REGEXP")
	}
	matches(ts, args[0], stageOf(ts).logFile)
}

// exitsCommand is exits STATUS PROGRAM [ARG…].
func exitsCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "exits")
	if len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM [ARG…]")
	}
	wanted, err := strconv.Atoi(args[0])
	ts.Check(err)
	if status := exitOf(ts, ts.Exec(args[1], args[2:]...)); status != wanted {
		ts.Fatalf("exit status %d, want %d", status, wanted)
	}
}

// exitOf returns the exit status of a program that ran with this error.
func exitOf(ts *testscript.TestScript, err error) int {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	ts.Check(err)
	return 0
}

// untilCommand is [!] until REGEXP PROGRAM [ARG…].
func untilCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: until REGEXP PROGRAM [ARG…]")
	}
	wanted, err := regexp.Compile(`(?m)` + args[0])
	ts.Check(err)
	met := harness.Eventually(func() bool {
		status := exitOf(ts, ts.Exec(args[1], args[2:]...))
		if neg {
			return status == 0 && !wanted.MatchString(ts.ReadFile("stdout"))
		}
		return wanted.MatchString(ts.ReadFile("stdout"))
	})
	if !met {
		ts.Fatalf("not after %v", harness.Patience)
	}
}

// requestCommand is request METHOD PATH [BYTES|JSON].
func requestCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "request")
	if len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: request METHOD PATH [BYTES|JSON]")
	}
	var body io.Reader
	switch {
	case len(args) < 3:
	case strings.HasPrefix(args[2], "{"):
		body = strings.NewReader(args[2])
	default:
		n, err := strconv.Atoi(args[2])
		ts.Check(err)
		body = strings.NewReader(strings.Repeat("x", n))
	}
	r, err := http.NewRequest(args[0], "http://sessiond"+args[1], body)
	ts.Check(err)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	ask(ts, r, socketTransport(ts))
}

// socketTransport leads to the daemon's socket.
func socketTransport(ts *testscript.TestScript) *http.Transport {
	socket := ts.Getenv("SESSIOND_SOCKET")
	return &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}
}

// ask sends a request and shows its answer: the body as standard output, status
// and header as standard error.
func ask(ts *testscript.TestScript, r *http.Request, transport *http.Transport) {
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport, Timeout: harness.Patience}).Do(r)
	ts.Check(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	ts.Check(err)
	_, err = ts.Stdout().Write(text)
	ts.Check(err)
	_, err = io.WriteString(ts.Stderr(), answer.Status+"\n")
	ts.Check(err)
	for name, values := range answer.Header {
		_, err = fmt.Fprintf(ts.Stderr(), "%s: %s\n", name, strings.Join(values, ", "))
		ts.Check(err)
	}
}

// modeCommand is mode PERMISSIONS FILE.
func modeCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "mode")
	if len(args) != 2 {
		ts.Fatalf("usage: mode PERMISSIONS FILE")
	}
	info, err := os.Lstat(ts.MkAbs(args[1]))
	ts.Check(err)
	if mode := fmt.Sprintf("%04o", info.Mode().Perm()); mode != args[0] {
		ts.Fatalf("the mode is %s, want %s", mode, args[0])
	}
}

// hidesCommand is hides FILE….
func hidesCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "hides")
	for _, file := range args {
		for _, token := range stageOf(ts).tokens {
			if strings.Contains(ts.ReadFile(file), token) {
				ts.Fatalf("%s shows the token %q", file, token)
			}
		}
	}
}
