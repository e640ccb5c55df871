package client

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// Events calls handle for each change, in order: for those after a position,
// or for those from now on where it is nil. It returns handle's error, the
// context's when that ends, a [*ProblemError] where the daemon ends the stream
// and says why, and else [io.ErrUnexpectedEOF], wrapped. It never returns nil.
func (c *Client) Events(ctx context.Context, since *session.Position, handle func(session.Event) error) error {
	return c.Follow(ctx, since, func() {}, handle)
}

// Follow is [Client.Events], and calls begun once the daemon has begun to answer: from
// then on no change is missed.
func (c *Client) Follow(ctx context.Context, since *session.Position, begun func(), handle func(session.Event) error) error {
	path := "/v1/events"
	if since != nil {
		path += "?since=" + since.String()
	}
	limited, answered, end := c.limitHead(ctx, http.MethodGet)
	defer end()
	resp, err := c.do(limited, get(path))
	if err != nil {
		return err
	}
	answered()
	begun()
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	for {
		line, err := lines.ReadBytes('\n')
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return fmt.Errorf("cannot follow events any longer: the daemon ended, or cut off a reader that was too slow: %w", io.ErrUnexpectedEOF)
		}
		if err := handleLine(line, handle); err != nil {
			return err
		}
	}
}

// handleLine passes on an event. The last line of a stream may be a problem
// instead, which has a status.
func handleLine(line []byte, handle func(session.Event) error) error {
	var one struct {
		session.Event
		api.Problem
	}
	if err := json.Unmarshal(line, &one); err != nil {
		return fmt.Errorf("cannot read an event: %w", err)
	}
	if one.Status != 0 {
		return problemError(one.Problem)
	}
	return handle(one.Event)
}
