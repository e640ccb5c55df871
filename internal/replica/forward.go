package replica

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ForwarderConfig is what a [Forwarder] is made of. All of it is required.
type ForwarderConfig struct {
	// Ask sends a message to the authority and returns the answer to it. The error is
	// [ErrNobody] where nobody has the message for sure, a [RefusedError] with
	// [RefusedPayload] or [RefusedPermission] where the engine does not take it, and another
	// one where nobody knows.
	Ask func(ctx context.Context, e *Edit) (*Edited, error)
	// Head returns the last head that the follower has matched, or nil.
	Head  func() *Head
	Clock Clock
	NewID func() string
}

// Forwarder has the authority answer requests that were made to a follower.
type Forwarder struct{ cfg ForwarderConfig }

// NewForwarder returns a forwarder.
func NewForwarder(cfg ForwarderConfig) *Forwarder { return &Forwarder{cfg} }

// Errors of a [Forwarding].
var (
	// ErrNobody says that nobody has got the request: it was not executed.
	ErrNobody = errors.New("no authority takes changes now")
	// ErrBusy says that the authority has too much to do: it was not executed.
	ErrBusy = errors.New("the authority executes as many changes as it can")
	// ErrUnknownOutcome says that it may have been executed, wholly or in part, or may still
	// be.
	ErrUnknownOutcome = errors.New("the authority does not answer any more")
)

const (
	// unanswered is how long a follower goes on asking without an answer.
	unanswered = 10 * time.Second
	// askAgain is how long it waits before it asks again after a failure.
	askAgain = 250 * time.Millisecond
)

// Forwarding is a request on its way, and its answer.
type Forwarding struct {
	f    *Forwarder
	edit Edit
	// sent is whether the authority may have got the request.
	sent bool
}

// Forward begins to forward a request. Nothing is sent before [Forwarding.Next].
func (f *Forwarder) Forward(r *EditRequest) *Forwarding {
	return &Forwarding{f: f, edit: Edit{ID: f.cfg.NewID(), Request: r}}
}

// Next returns the next piece of the answer, until one is the last; each has a status.
// After an error there is no more.
func (w *Forwarding) Next(ctx context.Context) (*Edited, error) {
	heard := w.f.cfg.Clock()
	for {
		piece, err := w.ask(ctx)
		switch {
		case err != nil && ctx.Err() != nil:
			return nil, w.outcome(ctx.Err())
		case piece != nil:
			w.edit.Request = nil
			heard = w.f.cfg.Clock()
			w.edit.From += len(piece.Body)
			if piece.Status != 0 && (len(piece.Body) > 0 || piece.Last) {
				return piece, nil
			}
			continue
		case !w.sent, errors.Is(err, ErrUnknownOutcome):
			return nil, err
		case isRefusal(err), w.f.cfg.Clock()-heard > unanswered:
			return nil, w.outcome(err)
		}
		if err := sleep(ctx, askAgain); err != nil {
			return nil, w.outcome(err)
		}
	}
}

// outcome says what is known of a request where no answer came.
func (w *Forwarding) outcome(why error) error {
	if !w.sent {
		return fmt.Errorf("%w: %w", ErrNobody, why)
	}
	return fmt.Errorf("%w: %w", ErrUnknownOutcome, why)
}

// ask sends one message. It returns neither piece nor error where the request is being
// executed; sent is true then.
func (w *Forwarding) ask(ctx context.Context) (*Edited, error) {
	head := w.f.cfg.Head()
	if head == nil {
		return nil, ErrNobody
	}
	if !w.sent {
		w.edit.Run = head.Run
	}
	w.edit.Seen = head.At
	answered, err := w.f.cfg.Ask(ctx, &w.edit)
	switch {
	case errors.Is(err, ErrNobody), isRefusal(err):
		return nil, err
	case err != nil:
		w.sent = true
		return nil, err
	}
	switch answered.Refused {
	case "":
		w.sent = true
		if answered.From != w.edit.From {
			return nil, fmt.Errorf("%w: its answer has a gap", ErrUnknownOutcome)
		}
		return answered, nil
	case EditOtherRun:
		// The one that was meant may have it, too.
		return nil, fmt.Errorf("%w: another authority has taken over", ErrUnknownOutcome)
	case EditForgotten:
		return nil, fmt.Errorf("%w: it has forgotten the rest of its answer", ErrUnknownOutcome)
	case EditBusy:
		return nil, ErrBusy
	}
	return nil, fmt.Errorf("%w (%s)", ErrNobody, answered.Refused)
}

// isRefusal reports whether the engine does not take a message.
func isRefusal(err error) bool {
	refused := new(RefusedError)
	return errors.As(err, &refused)
}
