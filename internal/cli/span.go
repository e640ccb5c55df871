package cli

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// span is how long ago something was, the value of a flag: in days, or as package time
// writes it. Zero stands for none.
type span time.Duration

var _ pflag.Value = (*span)(nil)

var errSpan = errors.New("must be a time such as 30d or 12h")

// maxDays is more than any daemon has collected.
const maxDays = 36_500

// String implements pflag.Value.
func (s *span) String() string {
	if *s == 0 {
		return ""
	}
	return time.Duration(*s).String()
}

// Set implements pflag.Value.
func (s *span) Set(text string) error {
	d, err := time.ParseDuration(text)
	if days, found := strings.CutSuffix(text, "d"); found {
		var n int
		if n, err = strconv.Atoi(days); n > maxDays {
			return errSpan
		}
		d = time.Duration(n) * 24 * time.Hour
	}
	if err != nil || d <= 0 {
		return errSpan
	}
	*s = span(d)
	return nil
}

// Type implements pflag.Value.
func (s *span) Type() string { return "TIME" }
