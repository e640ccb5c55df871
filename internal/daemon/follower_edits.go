package daemon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/config"
	"sessiond/internal/control"
	"sessiond/internal/replica"
	"sessiond/internal/replica/jetstream"
)

const (
	// visibleTime is how long a follower waits until it shows itself what was changed.
	visibleTime = 2500 * time.Millisecond
	// retryAway and retryBusy are when it makes sense to try again.
	retryAway = 2 * time.Second
	retryBusy = time.Second
)

// forwarder has the authority answer what the follower is asked to change.
type forwarder struct {
	*Follower
	requests *replica.Forwarder
}

func (f *Follower) newForwarder() forwarder {
	return forwarder{f, replica.NewForwarder(replica.ForwarderConfig{
		Ask:   func(ctx context.Context, e *replica.Edit) (*replica.Edited, error) { return f.engine.Edit(ctx, e) },
		Head:  func() *replica.Head { return f.replica.Status().Head },
		Clock: replica.SystemClock, NewID: jetstream.NewEditID,
	})}
}

// MaxBody implements control.Forwarder.
func (f forwarder) MaxBody() int { return f.engine.MaxEditBody() }

// Forward implements control.Forwarder.
func (f forwarder) Forward(r *control.Forwarded) control.Exchange {
	return &exchange{f.Follower, f.requests.Forward(&replica.EditRequest{
		Method: r.Method, Target: r.Target, IfMatch: r.IfMatch, Client: r.Client, Body: r.Body,
		Level: r.Level.String(), User: r.User, UID: r.UID, PID: r.PID,
	}), replica.Position{}}
}

// exchange implements control.Exchange.
type exchange struct {
	*Follower
	forwarding *replica.Forwarding
	reached    replica.Position // by the authority, with the last piece
}

// Next implements control.Exchange.
func (x *exchange) Next(ctx context.Context) (*control.Piece, error) {
	got, err := x.forwarding.Next(ctx)
	if err != nil {
		return nil, x.failure(err)
	}
	x.reached = got.Position
	header := make(http.Header)
	for name, value := range map[string]string{"Content-Type": got.ContentType, "ETag": got.ETag, "Retry-After": got.RetryAfter} {
		if value != "" {
			header[http.CanonicalHeaderKey(name)] = []string{value}
		}
	}
	return &control.Piece{Status: got.Status, Header: header, Body: got.Body, Last: got.Last}, nil
}

// Visible implements control.Exchange.
func (x *exchange) Visible(ctx context.Context) bool {
	if x.reached == (replica.Position{}) {
		return false // the authority publishes nothing now
	}
	ctx, cancel := context.WithTimeout(ctx, visibleTime)
	defer cancel()
	return x.replica.Await(ctx, x.reached) == nil
}

// failure says what it means for a client that no answer comes.
func (x *exchange) failure(err error) error {
	failed := &control.ExchangeError{Kind: api.KindAuthorityAway, RetryAfter: retryAway}
	refused, isRefused := errors.AsType[*replica.RefusedError](err)
	switch {
	case errors.Is(err, replica.ErrUnknownOutcome):
		failed.Kind, failed.RetryAfter = api.KindOutcomeUnknown, 0
	case errors.Is(err, replica.ErrBusy):
		failed.Kind, failed.RetryAfter = api.KindBusy, retryBusy
	case isRefused && refused.Code == replica.RefusedPayload:
		failed.Kind, failed.RetryAfter = api.KindBodyTooLarge, 0
	case isRefused && refused.Code == replica.RefusedPermission:
		failed.Kind, failed.RetryAfter = api.KindNodeMayNotEdit, 0
	}
	failed.Err = fmt.Errorf("cannot have %s make the change: %w", x.authority(), err)
	return failed
}

// writing says whether the authority changes files for this follower.
func (f *Follower) writing() api.Write {
	now := f.replica.Status()
	of, who := f.origin(&now), f.authority()
	switch {
	case len(now.Source) == 0:
		return api.Write{Reason: "the daemon follows another, which has the files: " + who}
	case !of.Write:
		return api.Write{Via: who, Reason: who + " runs with --write off"}
	case !slices.Contains(of.Editors, f.engine.node):
		return api.Write{Via: who, Reason: fmt.Sprintf("%s takes no changes from the node %s: add it to the setting %s there", who, f.engine.node, config.KeyReplicaEditors)}
	}
	return api.Write{Enabled: true, Via: who}
}
