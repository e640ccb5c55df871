package config

import (
	"errors"
	"strings"
)

var (
	// ErrInvalid is what every [Error] is, by errors.Is.
	ErrInvalid = errors.New("invalid setting")

	// ErrText is what an [Error] is as well where the text of the environment or
	// of the settings file is wrong, so that trying again cannot help.
	ErrText = errors.New("wrong text in the environment or the settings file")

	// ErrState is what an [Error] is as well where the text may be right and the
	// machine is not as it asks for: [Error.State].
	ErrState = errors.New("the machine is not as the settings ask for")
)

// Error says which setting cannot be used, where it was given and what is
// allowed there.
type Error struct {
	// Key is the setting, as it was written where it is not known; "config"
	// for the settings file as a whole.
	Key string
	// Place is where the value was given: "flag --settle", "environment
	// SESSIOND_SETTLE", "/etc/sessiond/config.yaml:12", "default"; of a variable
	// that is no setting, whose name is the key, "the environment". It is empty
	// where a setting that must be given was not.
	Place string
	// Value is what was written there.
	Value string
	// Reason says what is wrong with it, as the end of a sentence.
	Reason string
	// Allowed says what may be written instead; empty where Reason suggests it.
	Allowed string
	// Err is the cause, nil where the value itself is at fault.
	Err error
	// State is true where the machine can become such that the value can be used:
	// a file that cannot be read, a group that is not there.
	State bool
}

// Error returns one line: key, place, what is wrong, what is allowed.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("cannot use setting " + printable(e.Key))
	if e.Place != "" {
		b.WriteString(" from " + printable(e.Place))
	}
	b.WriteString(": " + e.Reason)
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.Allowed != "" {
		b.WriteString("; allowed: " + e.Allowed)
	}
	return b.String()
}

// Is makes every Error an [ErrInvalid], and an [ErrState] or an [ErrText] unless
// the command line is at fault.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrInvalid:
		return true
	case ErrState:
		return e.State
	case ErrText:
		return !e.State && !strings.HasPrefix(e.Place, flagPlace(""))
	}
	return false
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
