package cli

import (
	"errors"

	"github.com/spf13/pflag"

	"sessiond/internal/session"
)

// position is the value of a flag that says where in the changes to begin.
type position struct{ session.Position }

var _ pflag.Value = (*position)(nil)

// Set implements pflag.Value.
func (p *position) Set(text string) error {
	read, err := session.ParsePosition(text)
	if err != nil {
		return errors.New("must be a revision: a number, or EPOCH-NUMBER")
	}
	p.Position = read
	return nil
}

// Type implements pflag.Value.
func (*position) Type() string { return "REVISION" }
