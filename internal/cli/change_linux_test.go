package cli

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// asked runs a command line on a terminal where somebody types an answer, and returns
// what it came to; what was on the screen is its standard error, without the answer.
func asked(t *testing.T, socket string, width uint16, answer string, args ...string) result {
	t.Helper()
	screen, terminal := openTerminal(t)
	if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: width, Row: 24}); err != nil {
		t.Fatal(err)
	}
	mode, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	mode.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(int(terminal.Fd()), unix.TCSETS, mode); err != nil {
		t.Fatal(err)
	}
	if _, err := screen.WriteString(answer); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	a := newTestApp(t, socket)
	a.Environ = append(a.Environ, "NO_COLOR=1")
	a.In, a.Out, a.Err = terminal, &out, terminal
	shown := make(chan string)
	go func() {
		text, _ := io.ReadAll(screen) // ends with an error once nobody has the terminal
		shown <- string(text)
	}()
	status := a.main(t.Context(), args)
	_ = terminal.Close()
	return result{status: status, out: out.String(), err: strings.ReplaceAll(<-shown, "\r\n", "\n")}
}

func TestQuestion(t *testing.T) {
	e := newEditor()
	e.files[bob] = api.State{Status: session.StatusPending}
	socket := e.socket(t)
	one := text(
		"Session  "+anna.String(),
		"Device   Anna’s iPhone (iOS 18.1)",
		"E-mail   anna@example.com",
		"App      Contact",
		"Change   pending → accepted",
	) + "Accept this session? [y/N] "
	asked(t, socket, 120, "y\n", "accept", "7023").want(t, exitDone, anna.String()+": accepted\n", one)
	asked(t, socket, 120, "n\n", "accept", "7023").want(t, exitFailed, "", one+"sessiond: nothing was done\n")
	asked(t, socket, 120, "\n", "accept", "7023").want(t, exitFailed, "", one+"sessiond: nothing was done\n")
	// A line that does not end is no answer.
	asked(t, socket, 120, "y\x04\x04", "accept", "7023").want(t, exitFailed, "", one+"\nsessiond: nothing was done\n")
	asked(t, socket, 120, "\x04", "accept", "7023").want(t, exitFailed, "", one+"\nsessiond: nothing was done\n")
	asked(t, socket, 80, "YES\n", "accept", "7023", "0123").want(t, exitDone, text(anna.String()+": accepted", bob.String()+": accepted"), text(
		"SESSION   E-MAIL            DEVICE         APP      CHANGE",
		"7023d920  anna@example.com  Anna’s iPhone  Contact  pending → accepted",
		"01234567  -                 Anna’s iPhone  Contact  pending → accepted",
	)+"Accept these 2 sessions? [y/N] ")
	asked(t, socket, 120, "y\n", "set", "7023", "--email", "x@example.com").want(t, exitDone,
		anna.String()+": e-mail address set: anna@example.com → x@example.com\n",
		text(
			"Session  "+anna.String(),
			"Device   Anna’s iPhone (iOS 18.1)",
			"E-mail   anna@example.com",
			"App      Contact",
			"Change   anna@example.com → x@example.com",
			"a running 4D server follows once the command MOBILE APP REFRESH SESSIONS runs there",
			"another address detaches the user's pending actions in the app, until the same address logs in again",
		)+"Set the e-mail address of this session? [y/N] ")
}

// Many are not deleted in passing.
func TestDeleteOfMany(t *testing.T) {
	e := newEditor()
	var line []string
	for _, digit := range "0123456789a" {
		key := session.Key{App: "a.b", ID: strings.Repeat(string(digit), 8)}
		e.files[key] = api.State{Status: session.StatusAccepted}
		line = append(line, key.String())
	}
	socket := e.socket(t)
	got := asked(t, socket, 80, "y\n", append([]string{"delete"}, line...)...)
	if got.status != exitFailed || got.out != "" || !strings.HasSuffix(got.err, "Log out these 11 sessions? Type their number, 11: sessiond: nothing was done\n") {
		t.Errorf("got %+v", got)
	}
	got = asked(t, socket, 80, "11\n", append([]string{"delete"}, line...)...)
	if got.status != exitDone || strings.Count(got.out, ": deleted") != 11 {
		t.Errorf("got %+v", got)
	}
	got = asked(t, socket, 80, "y\n", append([]string{"delete"}, line[:10]...)...)
	if got.status != exitDone || strings.Count(got.out, ": deleted") != 10 {
		t.Errorf("got %+v", got)
	}
}

// Somebody who looks on sees the first of many, types the number of those that are deleted,
// sees how far it has come, and how many it were in the end.
func TestManyOnATerminal(t *testing.T) {
	e := &bulkEditor{plan: api.ChangesPlan{Matched: 300}}
	for n := range e.plan.Matched {
		result := resultFor(session.Key{App: anna.App, ID: fmt.Sprintf("%08d", n)}, "pending", "")
		e.plan.Items = append(e.plan.Items, result)
		e.lines = append(e.lines, result)
	}
	e.lines = append(e.lines, end(300, 0))
	socket := e.socket(t)
	got := asked(t, socket, 80, "yes\n", "delete", "--status", "pending")
	if got.status != exitFailed || !strings.HasSuffix(got.err, "and 280 more; --dry-run lists all\nLog out these 300 sessions? Type their number, 300: sessiond: nothing was done\n") {
		t.Errorf("got %+v", got)
	}
	got = asked(t, socket, 80, "300\n", "delete", "--status", "pending")
	if got.status != exitDone || strings.Count(got.out, "\n") != 300 || !strings.Contains(got.err, "\r[..............................] 1 of 300") || !strings.HasSuffix(got.err, "\r\x1b[K") {
		t.Errorf("got %+v", got)
	}
}
