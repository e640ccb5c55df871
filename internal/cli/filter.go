package cli

import (
	"errors"

	"github.com/spf13/pflag"
)

// filter is the value of a flag that leaves out what does not match. An empty one,
// as of a variable that is not set, must never mean everything.
type filter struct{ text *string }

var _ pflag.Value = filter{}

// String implements pflag.Value.
func (f filter) String() string {
	if f.text == nil {
		return ""
	}
	return *f.text
}

// Set implements pflag.Value.
func (f filter) Set(text string) error {
	if text == "" {
		return errors.New("it is empty; leave the flag out for all")
	}
	*f.text = text
	return nil
}

// Type implements pflag.Value.
func (f filter) Type() string { return "TEXT" }
