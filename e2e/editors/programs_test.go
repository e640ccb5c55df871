//go:build editors && linux

package editors

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"syscall"
	"time"

	"sessiond/e2e/harness"
)

// vim opens the file with a swap file beside it, replaces the mark and saves.
func vim(settings string) func(*editor) error {
	return func(e *editor) error {
		e.last = e.mark()
		return e.run("vim", "-N", "-u", "NONE", "-i", "NONE", "-es", "-c", settings,
			"-c", `%s/"edit": "\zs[^"]*/`+e.last+`/`, "-c", "wq", e.path)
	}
}

// emacs does the same. It backs a file up when it saves it for the first time since
// it was opened, which is each time here.
func emacs(settings string) func(*editor) error {
	return func(e *editor) error {
		e.last = e.mark()
		return e.run("emacs", "--batch", "-Q", "--eval", settings, e.path, "--eval",
			`(progn
				(re-search-forward "\"edit\": \"\\([^\"]*\\)")
				(replace-match "`+e.last+`" t t nil 1)
				(save-buffer))`)
	}
}

// nano needs a terminal. It is told to open the file at the line with the mark, and
// then gets the keys that somebody would press: cut the line, type another, leave.
func nano(args ...string) func(*editor) error {
	return func(e *editor) error {
		const cutLine, leave = "\x0b", "\x18"
		content := e.next(e.mark())
		before, from, _ := bytes.Cut(content, []byte(`"edit"`))
		rest, _, _ := bytes.Cut(from, []byte("\n"))
		line := 1 + bytes.Count(before, []byte("\n"))
		keys := cutLine + `"edit"` + string(rest) + "\r" + leave
		args := append([]string{"--ignorercfiles", "--saveonexit"}, args...)
		return e.typeInto(keys, "nano", append(args, fmt.Sprintf("+%d", line), e.path)...)
	}
}

// onScreen is how long a program may take to appear, and to leave.
const onScreen = time.Minute

// typeInto runs a program on a terminal of its own and presses keys as soon as it shows
// that it reads them.
func (e *editor) typeInto(keys, name string, args ...string) error {
	screen, terminal, err := harness.OpenTerminal()
	if err != nil {
		return err
	}
	defer screen.Close()
	cmd := exec.CommandContext(e.t.Context(), name, args...)
	cmd.Env = e.env()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := errors.Join(cmd.Start(), terminal.Close()); err != nil {
		return err
	}
	limit := time.AfterFunc(onScreen, func() { _ = cmd.Process.Kill() })
	defer limit.Stop()
	shown := &typist{keys: keys, keyboard: screen}
	err = harness.CopyScreen(shown, screen)
	if err := errors.Join(err, cmd.Wait()); err != nil {
		return fmt.Errorf("%w; the screen: %q", err, shown.seen)
	}
	return nil
}

// typist looks at the screen and types once the help lines are there.
type typist struct {
	keys     string
	keyboard io.Writer
	seen     []byte
}

func (t *typist) Write(text []byte) (int, error) {
	t.seen = append(t.seen, text...)
	if t.keys != "" && bytes.Contains(t.seen, []byte("Exit")) {
		if _, err := io.WriteString(t.keyboard, t.keys); err != nil {
			return 0, err
		}
		t.keys = ""
	}
	return len(text), nil
}
