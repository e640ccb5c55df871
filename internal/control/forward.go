package control

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"sessiond/internal/api"
)

// Forwarder has the daemon that has the files answer requests that were made to a follower.
type Forwarder interface {
	// Forward begins to have a request answered. Node need not be set.
	Forward(f *Forwarded) Exchange
	// MaxBody returns how long the body of a request may be, in bytes.
	MaxBody() int
}

// Exchange is a request that is being answered elsewhere.
type Exchange interface {
	// Next returns the next piece of the answer, until one is the last. The error is an
	// [*ExchangeError].
	Next(ctx context.Context) (*Piece, error)
	// Visible waits for a short time until this daemon shows what was done up to the last
	// piece, and reports whether it does.
	Visible(ctx context.Context) bool
}

// Piece is a part of an answer.
type Piece struct {
	// Status and Header are those of the answer.
	Status int
	Header http.Header
	Body   []byte
	Last   bool
}

// ExchangeError says why an answer does not come.
type ExchangeError struct {
	Kind api.Kind
	Err  error
	// RetryAfter is when another attempt makes sense; 0 where nothing is said.
	RetryAfter time.Duration
}

func (e *ExchangeError) Error() string { return e.Err.Error() }
func (e *ExchangeError) Unwrap() error { return e.Err }

// problem returns the failure as clients see it.
func (e *ExchangeError) problem() *problem {
	p := newProblem(e.Kind, "%v", e.Err)
	if e.Kind == api.KindOutcomeUnknown {
		p.Status, p.Title = http.StatusGatewayTimeout, http.StatusText(http.StatusGatewayTimeout)
	}
	if e.RetryAfter > 0 {
		p.retryAfter = strconv.Itoa(int((e.RetryAfter + time.Second - 1) / time.Second))
	}
	return p
}

// checkForwards returns why a follower's authority is not asked to answer a request: it
// speaks of the authority's disk, or cannot be undone.
func (op *operation) checkForwards(r *http.Request) error {
	query := r.URL.Query()
	if !op.forwards || query.Has("takeRoot") || query.Has("noTrash") {
		return newProblem(api.KindNotAuthority, "this can be done where the files are only")
	}
	return nil
}

// forward has the authority answer a request that needs files.
func (s *Server) forward(op operation, w http.ResponseWriter, r *http.Request) (err error) {
	by := callerOf(r.Context())
	if op.checkForwards(r) != nil {
		return newProblem(api.KindNotAuthority, "this daemon only follows another: ask %s", s.authority())
	}
	defer func() { s.logChange(r, err) }()
	if err := s.require(by, op.level); err != nil {
		return err
	}
	f := forwardedOf(r)
	if f.Body, err = io.ReadAll(r.Body); err != nil { // it was received already
		return err
	}
	if most := s.forwarder.MaxBody(); most > 0 && len(f.Body) > most {
		return newProblem(api.KindBodyTooLarge, "the body has %d bytes; the servers that it goes by take %d (max_payload)", len(f.Body), most)
	}
	return s.exchange(w, r, f)
}

// forwardedOf returns a request as it is forwarded, without its body.
func forwardedOf(r *http.Request) *Forwarded {
	by := callerOf(r.Context())
	a := by.actor()
	f := &Forwarded{
		Method: r.Method, Target: r.URL.RequestURI(), IfMatch: r.Header.Values("If-Match"),
		Level: by.level(), User: a.User, UID: a.UID, PID: a.PID,
	}
	if name := r.Header.Get(api.HeaderClient); name != "" {
		f.Client = claim(name)
	}
	return f
}

// exchange answers as the authority does.
func (s *Server) exchange(w http.ResponseWriter, r *http.Request, f *Forwarded) error {
	x := s.forwarder.Forward(f)
	piece, err := x.Next(r.Context())
	if err != nil {
		return problemOf(err)
	}
	body := piece.Body
	if piece.Status == http.StatusOK && piece.Header.Get("Content-Type") == typeJSON && !r.URL.Query().Has("dryRun") && !x.Visible(r.Context()) {
		body = markInvisible(body)
	}
	for name, values := range piece.Header {
		w.Header()[name] = values
	}
	w.Header().Set("Cache-Control", "no-store")
	s.extend(w)
	if piece.Last {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(piece.Status)
	_, _ = w.Write(body) //nolint:gosec // no page, which Content-Type says; and who is gone need not be told
	for !piece.Last {
		if piece, err = x.Next(r.Context()); err != nil {
			return nil // the client finds that what it has is not whole
		}
		s.extend(w)
		if _, err := w.Write(piece.Body); err != nil {
			return nil
		}
	}
	return nil
}

// markInvisible adds to a JSON object that what it tells is not to be seen here yet.
func markInvisible(body []byte) []byte {
	rest, ok := bytes.CutPrefix(body, []byte{'{'})
	if !ok {
		return body
	}
	return append([]byte(`{"visible":false,`), rest...)
}

// exchangeProblem returns the failure of an answer that did not come, or nil for another
// error.
func exchangeProblem(err error) *problem {
	if failed, ok := errors.AsType[*ExchangeError](err); ok {
		return failed.problem()
	}
	return nil
}
