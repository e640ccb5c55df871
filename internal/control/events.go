package control

import (
	"context"
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// events answers GET /v1/events: one JSON object a line, until the client goes or
// the daemon ends. When the daemon ends it, the last line is a problem that says
// why; a stream that breaks off without one was cut off because the client took
// too long over what was sent, for which there is less time while new clients wait.
func (s *Server) events(w http.ResponseWriter, r *request) error {
	since, err := parseSince(r.query, s.store.View().Epoch())
	if err != nil {
		return err
	}
	select {
	case s.followers <- struct{}{}:
		defer func() { <-s.followers }()
	default:
		return newProblem(api.KindTooManyFollowers, "%d clients follow events already, which is as many as there may be", cap(s.followers))
	}
	follower, err := s.store.Follow(since)
	if err != nil {
		return err
	}
	defer follower.Close()

	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(stopOf(ctx), cancel)()

	out := s.newStream(w)
	for {
		if err := out.flush(); err != nil || r.Method == http.MethodHead {
			return nil
		}
		events, err := follower.Next(ctx)
		switch {
		case r.Context().Err() != nil:
			return nil
		case stopOf(ctx).Err() != nil:
			return out.finish(errStopping())
		case err != nil:
			return out.finish(problemOf(err))
		}
		if !out.send(events) {
			return nil
		}
	}
}

// stream writes one JSON object a line.
type stream struct {
	server  *Server
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s *Server) newStream(w http.ResponseWriter) *stream {
	w.Header().Set("Content-Type", typeStream)
	w.Header().Set("Cache-Control", "no-store")
	return &stream{server: s, w: w, control: http.NewResponseController(w)}
}

// send writes events, for which the client gets the usual time. It returns false where
// the client does not take them.
func (t *stream) send(events store.Batch) bool {
	texts, err := events.Lines(appendEvent)
	if err != nil {
		return false
	}
	t.server.extend(t.w)
	for _, text := range texts {
		if _, err := t.w.Write(text); err != nil {
			return false
		}
	}
	return true
}

// appendEvent appends an event as followers read it.
func appendEvent(to []byte, event session.Event) ([]byte, error) { return appendLine(to, event) }

// appendLine appends a value as one line.
func appendLine(to []byte, value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("cannot write a line: %w", err)
	}
	return append(append(to, text...), '\n'), nil
}

// finish writes why the stream ends.
func (t *stream) finish(p *problem) error {
	text, err := appendLine(nil, p.Problem)
	if err != nil {
		return err
	}
	t.server.extend(t.w)
	_, _ = t.w.Write(text) // the stream ends either way
	return nil
}

// flush sends what was written so far; the first time, that is the header.
func (t *stream) flush() error {
	t.server.extend(t.w)
	return t.control.Flush()
}
