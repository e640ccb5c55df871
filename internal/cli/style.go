package cli

import (
	"io"
	"os"
	"runtime"

	"golang.org/x/term"
)

// A style is how a cell or a word looks on a terminal.
type style string

const (
	plain  style = ""
	strong style = "\x1b[1m"
	good   style = "\x1b[32m"
	warn   style = "\x1b[33m"
	bad    style = "\x1b[31m"
)

const unstyled = "\x1b[0m"

// paint styles a text that is already printable.
func (s style) paint(text string) string {
	if s == plain || text == "" {
		return text
	}
	return string(s) + text + unstyled
}

// wantsColour reports whether output to w may be styled: on a terminal, and
// never where NO_COLOR is set to something (https://no-color.org). The Windows
// console shows escapes as they are unless it is asked not to, so it gets none.
func wantsColour(w io.Writer, lookupEnv func(string) (string, bool)) bool {
	if v, _ := lookupEnv("NO_COLOR"); v != "" {
		return false
	}
	if v, _ := lookupEnv("TERM"); v == "dumb" || runtime.GOOS == "windows" {
		return false
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// usualWidth is taken for a terminal that does not say how wide it is.
const usualWidth = 80

// terminalWidth returns how many characters a line of a terminal shows, 0 where w is
// none.
func terminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		return width
	}
	return usualWidth
}
