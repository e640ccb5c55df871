package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// openTerminal returns both ends of a pseudo terminal: what is written to the
// second is shown on the first.
func openTerminal(t *testing.T) (screen, terminal *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	if err := unix.IoctlSetPointerInt(int(screen.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(screen.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close() })
	return screen, terminal
}

// There is colour on a terminal, unless the environment says no.
func TestColourOnATerminal(t *testing.T) {
	socket := serve(t, routes{"GET /v1/sessions": says(200, asJSON(t, map[string]any{"sessions": summaries()}))})
	for _, tc := range []struct {
		environ string
		want    bool
	}{
		{"TERM=xterm", true},
		{"NO_COLOR=", true}, // set, but to nothing: https://no-color.org
		{"NO_COLOR=1", false},
		{"TERM=dumb", false},
	} {
		t.Run(tc.environ, func(t *testing.T) {
			screen, terminal := openTerminal(t)
			a := newTestApp(t, socket)
			a.Environ = append(a.Environ, tc.environ)
			a.Out, a.Err = terminal, terminal
			if status := a.main(t.Context(), []string{"list"}); status != exitDone {
				t.Fatalf("exit status %d", status)
			}
			lines := bufio.NewReader(screen)
			for i, word := range []string{
				"\x1b[1mSTATUS\x1b[0m", "\x1b[1m" + contact, "\x1b[32maccepted\x1b[0m", "\x1b[1mcom.example.noteam", "\x1b[33mpending\x1b[0m",
			} {
				line, err := lines.ReadString('\n')
				if err != nil {
					t.Fatal(err)
				}
				if got := strings.Contains(line, word); got != tc.want {
					t.Errorf("line %d: colour is %v in %q", i, got, line)
				}
				if strings.Contains(line, "\x1b[31m"+"b") {
					t.Errorf("a name steers the terminal: %q", line)
				}
			}
		})
	}
}

// A listing is as wide as the terminal, at most.
func TestListOnATerminal(t *testing.T) {
	socket := serve(t, routes{"GET /v1/sessions": says(200, asJSON(t, map[string]any{"sessions": many()}))})
	for width, want := range map[uint16]string{
		60:  "7023d92050741  accepted  anna.maria.von.u…  2026-11-22 18:00\r\n",
		120: "7023d92050741  accepted  anna.maria.von.und.zu.hohenstei…  Anna Maria’s new iPhone 16 Pro M…  iOS 18.1  2026-11-22 18:00\r\n",
	} {
		screen, terminal := openTerminal(t)
		if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: width, Row: 24}); err != nil {
			t.Fatal(err)
		}
		a := newTestApp(t, socket)
		a.Environ = append(a.Environ, "NO_COLOR=1")
		a.Out, a.Err = terminal, terminal
		if status := a.main(t.Context(), []string{"list"}); status != exitDone {
			t.Fatalf("exit status %d", status)
		}
		lines := bufio.NewReader(screen)
		var got string
		for range 3 {
			got, _ = lines.ReadString('\n')
		}
		same(t, got, want)
	}
}

// Whoever follows events on a terminal is told so: it may be long until one comes.
func TestEventsOnATerminal(t *testing.T) {
	socket := serve(t, routes{"GET /v1/events": streams(closed(), eventLine)})
	screen, terminal := openTerminal(t)
	a := newTestApp(t, socket)
	a.Out, a.Err = io.Discard, terminal
	if status := a.main(t.Context(), []string{"events"}); status != exitFailed {
		t.Fatalf("exit status %d", status)
	}
	got, _ := bufio.NewReader(screen).ReadString('\n')
	same(t, got, "following the changes of the sessions in memory; Ctrl-C ends it\r\n")
}
