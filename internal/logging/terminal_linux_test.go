package logging

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"

	"go.uber.org/zap"
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
	fd := int(screen.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
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

func TestTerminal(t *testing.T) {
	for name, test := range map[string]struct {
		format      string
		color       bool
		wantConsole bool
		wantColor   bool
	}{
		"auto":                  {FormatAuto, true, true, true},
		"auto, without colour":  {FormatAuto, false, true, false},
		"console":               {FormatConsole, true, true, true},
		"json has never colour": {FormatJSON, true, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			screen, terminal := openTerminal(t)
			log, err := New(Options{Level: "info", Format: test.format, Out: terminal, Color: test.color})
			if err != nil {
				t.Fatal(err)
			}
			defer log.End()
			log.Warn("hello", zap.String("name", "\x1b[31m"))
			if err := log.Sync(); err != nil {
				t.Error(err)
			}
			line, err := bufio.NewReader(screen).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if got := !strings.HasPrefix(line, "{"); got != test.wantConsole {
				t.Errorf("console is %v in %q", got, line)
			}
			if got := strings.Contains(line, "\x1b[33mWARN \x1b[0m"); got != test.wantColor {
				t.Errorf("colour is %v in %q", got, line)
			}
			if strings.Contains(line, "\x1b[31m") {
				t.Errorf("the name steers the terminal: %q", line)
			}
		})
	}
}
