package cli

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// changeFlags are those of every command that changes something.
type changeFlags struct {
	dryRun, yes bool
	reason      plainText
	output      *format
}

// addChange gives a command the flags of those that ask before they change something.
func (a *app) addChange(cmd *cobra.Command) *changeFlags {
	f := a.addRequest(cmd)
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask")
	return f
}

// addRequest gives a command the flags of those that change something.
func (a *app) addRequest(cmd *cobra.Command) *changeFlags {
	a.addSocket(cmd)
	f := &changeFlags{output: addOutput(cmd), reason: plainText{kind: "TEXT", most: maxReason, none: "leave the flag out for none"}}
	cmd.Flags().BoolVarP(&f.dryRun, "dry-run", "n", false, "show what would be done, and do nothing")
	cmd.Flags().Var(&f.reason, "reason", "why, for the audit")
	offer(cmd, "reason")
	return f
}

// maxReason is the longest reason that the daemon takes, in bytes.
const maxReason = 500

// plainText is the value of a flag for a text that goes into a file.
type plainText struct {
	text, kind string
	most       int    // bytes
	none       string // what to give instead of an empty text
}

var _ pflag.Value = (*plainText)(nil)

// String implements pflag.Value.
func (p *plainText) String() string { return p.text }

// Set implements pflag.Value.
func (p *plainText) Set(text string) error {
	if text == "" {
		return errors.New("it is empty; " + p.none)
	}
	if err := isPlain(text, p.most); err != nil {
		return err
	}
	p.text = text
	return nil
}

// Type implements pflag.Value.
func (p *plainText) Type() string { return p.kind }

// isPlain returns what is wrong with a text that goes into a file.
func isPlain(text string, most int) error {
	switch {
	case !utf8.ValidString(text):
		return errors.New("it is not UTF-8")
	case strings.ContainsFunc(text, unicode.IsControl):
		return errors.New("it must not have control characters")
	case len(text) > most:
		return fmt.Errorf("it must not have more than %d bytes", most)
	}
	return nil
}
