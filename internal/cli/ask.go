package cli

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// errDeclined is how a command ends whose question was not answered with yes.
var errDeclined = errors.New("nothing was done")

// mustKnow is the check of a command that asks before it does something: it must be able
// to, or have been told that it need not.
func (a *app) mustKnow(cmd *cobra.Command, yes bool) error {
	if yes || a.canAsk() {
		return nil
	}
	return misused(cmd, "there is no terminal to ask on: look with --dry-run, then give --yes")
}

// canAsk reports whether a person can be asked: what is asked is on standard error, since
// standard output is for data.
func (a *app) canAsk() bool {
	in, ok := a.In.(*os.File)
	return ok && term.IsTerminal(int(in.Fd())) && terminalWidth(a.Err) > 0
}

// askPage begins a page beside a question.
func (a *app) askPage() *page {
	p := newPage(a.Err, wantsColour(a.Err, a.lookupEnv), a.now(), a.zone)
	p.width = terminalWidth(a.Err)
	return p
}

// confirm asks whether to do something; anything but y or yes is no.
func (a *app) confirm(question string) error {
	return a.expect(question+" [y/N] ", func(answer string) bool {
		return strings.EqualFold(answer, "y") || strings.EqualFold(answer, "yes")
	})
}

// confirmNumber asks for the number of what is about to be done, which nobody types in
// passing.
func (a *app) confirmNumber(question string, n int) error {
	return a.expect(question+" Type their number, "+strconv.Itoa(n)+": ", func(answer string) bool {
		return answer == strconv.Itoa(n)
	})
}

// expect asks, and returns [errDeclined] unless the answer is right.
func (a *app) expect(question string, right func(answer string) bool) error {
	_, _ = io.WriteString(a.Err, printable(question))
	answer, err := bufio.NewReader(a.In).ReadString('\n')
	if err != nil {
		_, _ = io.WriteString(a.Err, "\n") // the end of the input has no newline
	}
	if err != nil || !right(strings.TrimSpace(answer)) {
		return errDeclined
	}
	return nil
}
