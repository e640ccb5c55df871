package session

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Epoch tells one run of the daemon from any other: a revision means something only
// together with the epoch of the run that gave it. Two runs that began within the same
// microsecond, or with a clock that was set back, may give the same revisions. As text
// it is eight hexadecimal digits. The zero Epoch is none.
type Epoch uint32

// ErrEpoch is what is returned, wrapped, for a text that is no epoch.
var ErrEpoch = errors.New("not an epoch")

// NewEpoch draws an epoch.
func NewEpoch() Epoch {
	var drawn [4]byte
	for {
		_, _ = rand.Read(drawn[:]) // it never fails
		if epoch := Epoch(binary.NativeEndian.Uint32(drawn[:])); epoch != 0 {
			return epoch
		}
	}
}

// String returns the eight digits.
func (e Epoch) String() string { return fmt.Sprintf("%08x", uint32(e)) }

// AppendText implements [encoding.TextAppender].
func (e Epoch) AppendText(to []byte) ([]byte, error) { return fmt.Appendf(to, "%08x", uint32(e)), nil }

// MarshalText implements [encoding.TextMarshaler].
func (e Epoch) MarshalText() ([]byte, error) { return e.AppendText(nil) }

// UnmarshalText implements [encoding.TextUnmarshaler]. It accepts only what
// [Epoch.String] writes.
func (e *Epoch) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 16, 32)
	if err != nil || Epoch(n).String() != string(text) {
		return fmt.Errorf("%w: %q has not eight hexadecimal digits", ErrEpoch, text)
	}
	*e = Epoch(n)
	return nil
}

// CutEpoch splits a text EPOCH-REST. Without an epoch before the first hyphen, the
// epoch is zero and the rest is the whole text.
func CutEpoch(text string) (Epoch, string) {
	var epoch Epoch
	if before, rest, found := strings.Cut(text, "-"); found && epoch.UnmarshalText([]byte(before)) == nil {
		return epoch, rest
	}
	return 0, text
}

// Position is a place in the log of changes: a revision of a run of the daemon. As text
// it is EPOCH-REVISION, or the revision alone where the epoch is zero, which stands for
// whatever run reads it.
type Position struct {
	Epoch    Epoch
	Revision uint64
}

// ErrPosition is what [ParsePosition] returns, wrapped, for a text that is none.
var ErrPosition = errors.New("not a revision")

// ParsePosition reads what [Position.String] writes.
func ParsePosition(text string) (Position, error) {
	epoch, rest := CutEpoch(text)
	revision, err := strconv.ParseUint(rest, 10, 64)
	if err != nil {
		return Position{}, fmt.Errorf("%w: %q is neither a number without a sign nor EPOCH-NUMBER", ErrPosition, text)
	}
	return Position{epoch, revision}, nil
}

// String returns the position as text.
func (p Position) String() string {
	revision := strconv.FormatUint(p.Revision, 10)
	if p.Epoch == 0 {
		return revision
	}
	return p.Epoch.String() + "-" + revision
}
