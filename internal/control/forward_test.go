package control_test

import (
	"context"

	"sessiond/internal/control"
)

// elsewhere is a Forwarder whose authority answers all requests in the same way.
type elsewhere struct {
	err error
}

func (e elsewhere) MaxBody() int { return 1 << 20 }

func (e elsewhere) Forward(*control.Forwarded) control.Exchange { return e }

func (e elsewhere) Next(context.Context) (*control.Piece, error) { return nil, e.err }

func (e elsewhere) Visible(context.Context) bool { return true }
