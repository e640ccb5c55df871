package replica

import (
	"context"
	"errors"
	"time"
)

// Log is the stream of one name, as its engine has it. Every call is bounded in time by
// its context or by itself, and one goroutine at a time makes them.
//
// An error that is none of the package's says why the engine cannot be used now; what was
// asked for may have been done nevertheless.
type Log interface {
	// Open makes the log, or updates its configuration, and checks that the engine does
	// what the log needs. Only authorities call it. A log that is made again has no sequence
	// that it ever had: what was sent to the one before is refused. It returns a [RefusedError] where people have
	// to change something.
	Open(ctx context.Context) (Info, error)

	// Info asks whoever decides what the log holds. It returns [ErrNoLog] where there is
	// none.
	Info(ctx context.Context) (Info, error)

	// Append appends messages: all of them or none, and only where the last sequence is
	// still the given one. It returns that of the last message. The error is [ErrMoved]
	// where the last sequence is another, a [RefusedError] where the messages were refused for
	// another reason, and any other one where nobody knows.
	Append(ctx context.Context, last uint64, messages []Message) (uint64, error)

	// Head returns the last message of [KeyHead], of whoever decides what the log holds,
	// or nil where there is none.
	Head(ctx context.Context) (*Message, error)

	// At returns the message at a sequence, of whoever decides, or nil where there is none
	// now.
	At(ctx context.Context, sequence uint64) (*Message, error)

	// Read reads the messages behind a sequence, in order, for as long as the reader is
	// not closed; without payloads where headers is true.
	Read(ctx context.Context, after uint64, headers bool) (Reader, error)
}

// Reader reads a log in order.
type Reader interface {
	// Next waits for the next message. It returns [ErrGap] where messages are missing that
	// the log has sent, the context's error where that ends, after which the reader is as good
	// as before, and another error where the reader has to be made again.
	Next(ctx context.Context) (Message, error)

	// Close ends the reader; it may wait for the engine, for a short time.
	Close()
}

// Info is what a log is now.
type Info struct {
	Born     time.Time // when it was made: another one means that all of it was lost
	Now      time.Time // by the clock that the messages have their time from
	Last     uint64    // the last sequence
	Messages uint64    // how many messages there are
	// MaxPayload is how large a message may be, with its headers, in bytes.
	MaxPayload int
	// Engine says what answers, for people: its version, and where.
	Engine string
}

// MaxAppend is how many messages an append has at most.
const MaxAppend = 1000

// Errors of a log.
var (
	// ErrNoLog says that there is no log of the name.
	ErrNoLog = errors.New("there is no stream of this name")
	// ErrMoved says that the last sequence is another than was expected.
	ErrMoved = errors.New("another message was appended, or the stream went back")
	// ErrGap says that a reader has missed messages.
	ErrGap = errors.New("messages are missing")
)

// RefusedError says that an engine does not do what is asked of it, and why. People have to
// change something; until then, it is tried again now and then.
type RefusedError struct {
	Code   RefusalCode
	Reason string // what was refused, why, and what to do, in one line
}

// RefusalCode tells refusals apart, for programs.
type RefusalCode string

// The codes.
const (
	RefusedVersion       RefusalCode = "version"       // the server is too old
	RefusedJetStream     RefusalCode = "jetstream"     // it runs without JetStream
	RefusedConfiguration RefusalCode = "configuration" // the stream is set up otherwise
	RefusedLimit         RefusalCode = "limit"         // a limit is reached
	RefusedCredentials   RefusalCode = "credentials"
	RefusedPermission    RefusalCode = "permission" // the right to one subject is lacking
	RefusedCertificate   RefusalCode = "certificate"
	RefusedPayload       RefusalCode = "payload" // a message is too large
	RefusedOther         RefusalCode = "other"
)

func (r *RefusedError) Error() string { return r.Reason }
