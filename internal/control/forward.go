package control

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
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
	switch e.Kind {
	case api.KindOutcomeUnknown:
		p.Status, p.Title = http.StatusGatewayTimeout, http.StatusText(http.StatusGatewayTimeout)
		p.Remedy = "whether it was made is not known: look at the session, or try again, which does nothing twice"
	case api.KindAuthorityAway, api.KindBusy:
		p.Remedy = "nothing was changed: try again soon, and look at the status of both daemons if that does not help"
	case api.KindNodeMayNotEdit:
		p.Remedy = "give the node that right, or make the change at the authority"
	default:
	}
	if e.RetryAfter > 0 {
		p.retryAfter = strconv.Itoa(int((e.RetryAfter + time.Second - 1) / time.Second))
	}
	return p
}

// withoutEffect returns the failure of a request that changes nothing, whatever became of it.
func withoutEffect(err error) error {
	failed, ok := errors.AsType[*ExchangeError](err)
	if !ok || failed.Kind != api.KindOutcomeUnknown {
		return err
	}
	return &ExchangeError{Kind: api.KindAuthorityAway, Err: failed.Err, RetryAfter: retryUnanswered}
}

// retryUnanswered is when it makes sense to ask again an authority that did not answer.
const retryUnanswered = 2 * time.Second

// checkForwards returns why a follower's authority is not asked to answer a request: it
// speaks of the authority's disk, or cannot be undone.
func (op *operation) checkForwards(r *http.Request) error {
	query := r.URL.Query()
	if !op.forwards || query.Has("takeRoot") || query.Has("noTrash") {
		return newProblem(api.KindNotAuthority, "this can be done where the files are only")
	}
	return nil
}

// notAuthority is the failure of what is to be done at the authority.
func (s *Server) notAuthority(why string) *problem {
	return newProblem(api.KindNotAuthority, why+", which this daemon follows: do this there", s.authority())
}

// noTrash is the failure of a deletion for good.
func (s *Server) noTrash() *problem {
	p := s.notAuthority("files are deleted for good only at %s")
	p.Remedy = "or delete to the trash, as without --no-trash"
	return p
}

// forward has the authority answer a request that needs files.
func (s *Server) forward(op operation, w http.ResponseWriter, r *http.Request) error {
	if op.checkForwards(r) != nil {
		switch query := r.URL.Query(); {
		case query.Has("noTrash"):
			return s.noTrash()
		case query.Has("takeRoot"):
			return s.notAuthority("the root is mounted at %s")
		}
		return s.notAuthority(op.there)
	}
	status, err := s.forwardAs(op, w, r)
	if err != nil {
		status = problemOf(err).Status
	}
	s.logChange(r, status)
	return err
}

func (s *Server) forwardAs(op operation, w http.ResponseWriter, r *http.Request) (status int, err error) {
	if err := s.require(callerOf(r.Context()), op.level); err != nil {
		return 0, err
	}
	// Requests that are being answered when the daemon is to stop come to their end.
	s.writers.begin()
	defer s.writers.end()
	if r.URL.Path == changesPath {
		return s.forwardChanges(op, w, r)
	}
	f, err := forwardedOf(op, r)
	if err != nil {
		return 0, err
	}
	return s.exchange(w, r, f)
}

// maxTarget is how long the path and query of a request may be that is forwarded, in bytes.
const maxTarget = 16 << 10

// forwardedOf returns a request as it is forwarded: only what the authority would read at
// all, so that it can be sent as text.
func forwardedOf(op operation, r *http.Request) (*Forwarded, error) {
	query, err := parseQuery(r.URL.RawQuery, op.query)
	if err != nil {
		return nil, err
	}
	target := r.URL.EscapedPath()
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	if len(target) > maxTarget {
		return nil, badQuery("path and query have %d bytes; %d can be sent to the authority", len(target), maxTarget)
	}
	body, err := io.ReadAll(r.Body) // it was received already
	if err != nil {
		return nil, err
	}
	by := callerOf(r.Context())
	a := by.actor()
	f := &Forwarded{
		Method: r.Method, Target: target, Body: body,
		Level: by.level(), User: strings.ToValidUTF8(a.User, "?"), UID: a.UID, PID: a.PID,
	}
	if op.writes && r.URL.Path != changesPath { // there, each session has its own
		f.IfMatch = r.Header.Values("If-Match")
		if _, err := parseIfMatch(f.IfMatch); err != nil {
			return nil, err
		}
	}
	if name := r.Header.Get(api.HeaderClient); name != "" {
		f.Client = claim(name)
	}
	return f, nil
}

const (
	// busyPause is how long a request waits for an authority that has too much to do, before
	// that is asked again, and busyTries how often it is asked.
	busyPause = 250 * time.Millisecond
	busyTries = 40
)

// beginExchange has a request answered, and returns the first piece of the answer.
func (s *Server) beginExchange(ctx context.Context, f *Forwarded) (Exchange, *Piece, error) {
	for try := 1; ; try++ {
		x := s.forwarder.Forward(f)
		piece, err := x.Next(ctx)
		failed, ok := errors.AsType[*ExchangeError](err)
		if !ok || failed.Kind != api.KindBusy || try == busyTries {
			return x, piece, err
		}
		select {
		case <-time.After(busyPause):
		case <-ctx.Done():
			return nil, nil, err
		}
	}
}

// exchange answers as the authority does.
func (s *Server) exchange(w http.ResponseWriter, r *http.Request, f *Forwarded) (status int, err error) {
	if most := s.forwarder.MaxBody(); most > 0 && len(f.Body) > most {
		return 0, newProblem(api.KindBodyTooLarge, "the body has %d bytes; the servers that it goes by take %d (max_payload)", len(f.Body), most)
	}
	x, piece, err := s.beginExchange(r.Context(), f)
	switch {
	case err != nil && (r.URL.Query().Has("dryRun") || r.URL.Path == changesPath):
		return 0, withoutEffect(err)
	case err != nil:
		return 0, err
	}
	isEdit := piece.Status == http.StatusOK && piece.Header.Get("Content-Type") == typeJSON && r.URL.Path != changesPath
	if isEdit && !r.URL.Query().Has("dryRun") && !x.Visible(r.Context()) {
		piece.Body = markInvisible(piece.Body)
	}
	s.passAll(r.Context(), w, x, piece)
	return piece.Status, nil
}

// passAll passes on an answer of which there is a piece. A client finds where it is not whole;
// one that is gone need not be told.
func (s *Server) passAll(ctx context.Context, w http.ResponseWriter, x Exchange, piece *Piece) {
	if piece.Last {
		s.pass(w, piece, piece.Body)
		return
	}
	s.begin(w, piece)
	for {
		s.extend(w)
		if _, err := w.Write(piece.Body); err != nil || piece.Last { //nolint:gosec // no page, which Content-Type says
			return
		}
		var err error
		if piece, err = x.Next(ctx); err != nil {
			return
		}
	}
}

// pass passes on a whole answer.
func (s *Server) pass(w http.ResponseWriter, piece *Piece, body []byte) {
	s.extend(w)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	s.begin(w, piece)
	_, _ = w.Write(body) //nolint:gosec // no page, which Content-Type says; and who is gone need not be told
}

func (s *Server) begin(w http.ResponseWriter, piece *Piece) {
	maps.Copy(w.Header(), piece.Header)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(piece.Status)
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
