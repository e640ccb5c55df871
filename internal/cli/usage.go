package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sessiond/internal/config"
)

// errUsage is what every error about how a verb was called matches.
var errUsage = errors.New("wrong usage")

// usageError says what was wrong with a call and whose help to read.
type usageError struct {
	command string // "sessiond list"
	what    string
}

func (e *usageError) Error() string { return e.what }

func (e *usageError) Is(target error) bool { return target == errUsage }

// misused returns a usage error of the verb.
func misused(cmd *cobra.Command, format string, args ...any) error {
	return &usageError{command: cmd.CommandPath(), what: fmt.Sprintf(format, args...)}
}

// takes returns the check of a verb's arguments: between least and most of
// them (most < 0: no limit), none of them empty, which could only be the value of a
// variable that is not set. name says what they are.
func takes(least, most int, name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return misused(cmd, "%s is missing", name)
		case most == 0 && len(args) > 0:
			return misused(cmd, "unexpected argument %q: %s takes no arguments", args[0], cmd.CommandPath())
		case most >= 0 && len(args) > most:
			return misused(cmd, "unexpected argument %q: %s takes one %s", args[most], cmd.CommandPath(), name)
		case slices.Contains(args, ""):
			return misused(cmd, "%s is empty", name)
		}
		return nil
	}
}

// takesNothing is the check of a verb without arguments.
func takesNothing(cmd *cobra.Command, args []string) error { return takes(0, 0, "")(cmd, args) }

// missingVerb answers a call of a command that only has verbs below it.
func missingVerb(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return misused(cmd, "a command is missing")
	}
	what := fmt.Sprintf("%q is not a command of %s", args[0], cmd.CommandPath())
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		what += "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return misused(cmd, "%s", what)
}

// missingVerbOrNone is the check of the arguments of a command that does something
// itself, and has commands below it.
func missingVerbOrNone(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return missingVerb(cmd, args)
}

// runsItself is an annotation of a command that does something itself, although it has
// commands below it.
const runsItself = "runs itself"

// RunsItself reports whether a command of [Tree] does something itself, although it has
// commands below it.
func RunsItself(cmd *cobra.Command) bool { return cmd.Annotations[runsItself] != "" }

// flagMisused answers a flag that is unknown or cannot be read. A setting's own
// error says more than what package pflag makes of it.
func flagMisused(cmd *cobra.Command, err error) error {
	setting, value := (*config.Error)(nil), (*pflag.InvalidValueError)(nil)
	switch {
	case errors.As(err, &setting):
		err = setting
	case errors.As(err, &value):
		return badValue(cmd, value.GetFlag().Name, value.GetValue(), value.Unwrap().Error())
	}
	return misused(cmd, "%s", err)
}

// badValue is the usage error of a flag's value that is not allowed.
func badValue(cmd *cobra.Command, flag, value, reason string) error {
	return misused(cmd, "invalid argument %q for --%s: %s", value, flag, reason)
}
