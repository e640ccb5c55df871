package control_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/control"
)

// busy is a Forwarder whose authority has too much to do for some requests.
type busy struct {
	answers

	times int
}

func (b *busy) Forward(*control.Forwarded) control.Exchange { return b }

func (b *busy) Next(ctx context.Context) (*control.Piece, error) {
	if b.times > 0 {
		b.times--
		return nil, &control.ExchangeError{Kind: api.KindBusy, Err: errors.New("it is busy")}
	}
	return b.answers.Next(ctx)
}

// A change waits for a while where the authority executes as many as it can.
func TestForwardedWaitsForAPlace(t *testing.T) {
	at := &busy{answers: answers{contentType: "application/json", text: `{"changed":true}`}, times: 3}
	w := newWorld(t, func(cfg *control.Config) { cfg.Authority, cfg.Forward = func() string { return "node north" }, at })
	if got := w.ask(http.MethodDelete, sessionPath, nil); got.status != http.StatusOK || at.times != 0 {
		t.Errorf("it is answered by %d, %s", got.status, got.body)
	}
}
