package client

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

var (
	// ErrUnreachable is what all methods return, wrapped in words that say why
	// and what to do, where there is no daemon to ask or it does not answer.
	ErrUnreachable = errors.New("cannot reach the daemon")

	// ErrNotFound matches a [*ProblemError] with status 404: no such session in
	// memory or, where one is to be opened, changed or restored, no such file. That the
	// daemon keeps no trash or no audit says nothing of a session.
	ErrNotFound = errors.New("no such session")
)

// ProblemError is a failure that the daemon tells of (RFC 9457).
type ProblemError struct {
	// Kind is what programs can go by; empty where what answers tells none, as
	// net/http itself does of a request that it cannot read.
	Kind   api.Kind
	Status int    // of HTTP
	Title  string // the same in words
	Detail string // what went wrong

	// Rejected is what is wrong with the file of a session that was to be
	// opened or changed; nil for all other failures.
	Rejected *session.Problem
	// Current is the session as its file says it now, and ETag that of the file, where it
	// is not what it was ([api.KindChangedSince]).
	Current *api.Summary
	ETag    string
	// Owner and Folder are those of a file that the daemon may not change
	// ([api.KindNotWritable]). Remedy is what can be done about the failure.
	Owner, Folder, Remedy string
	// RetryAfter is when another attempt makes sense; 0 where nothing is said.
	RetryAfter time.Duration
}

// Error returns what went wrong, in words.
func (e *ProblemError) Error() string {
	if e.Detail == "" {
		return fmt.Sprintf("the daemon answers %d %s", e.Status, e.Title)
	}
	return e.Detail
}

// Is makes a failure match [ErrNotFound].
func (e *ProblemError) Is(target error) bool {
	return target == ErrNotFound && e.Status == http.StatusNotFound && e.Kind != api.KindNoTrash && e.Kind != api.KindNoAudit
}

func problemError(p api.Problem) *ProblemError {
	return &ProblemError{
		Kind: p.Type, Status: p.Status, Title: p.Title, Detail: p.Detail, Rejected: p.Rejected,
		Current: p.Current, ETag: p.ETag, Owner: p.Owner, Folder: p.Folder, Remedy: p.Remedy,
	}
}

// problem returns the failure as it stands in the line of a session.
func (e *ProblemError) problem() *api.Problem {
	return &api.Problem{
		Type: e.Kind, Status: e.Status, Title: e.Title, Detail: e.Detail, Rejected: e.Rejected,
		Current: e.Current, ETag: e.ETag, Owner: e.Owner, Folder: e.Folder, Remedy: e.Remedy,
	}
}

// readProblem returns the failure in an answer. One that is not a problem, as
// net/http gives to what it cannot read, is told by its status alone.
func readProblem(resp *http.Response) error {
	var p api.Problem
	if err := json.UnmarshalRead(resp.Body, &p); err != nil || p.Status != resp.StatusCode {
		p = api.Problem{Title: http.StatusText(resp.StatusCode), Status: resp.StatusCode}
	}
	failed := problemError(p)
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		failed.RetryAfter = time.Duration(seconds) * time.Second
	}
	return failed
}

// undisguised returns a failed request's error without the made-up address that
// net/http puts before it.
func undisguised(err error) error {
	if disguised, ok := errors.AsType[*url.Error](err); ok {
		err = disguised.Err
	}
	if errors.Is(err, ErrUnreachable) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("cannot get an answer of the daemon: %w", err)
}

// whyEnded returns, of a request that has failed, that the daemon kept silent
// where that is why.
func whyEnded(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, ErrUnreachable) {
		return cause
	}
	return err
}

// unreachable says why a socket could not be connected to, and what to do.
func unreachable(ctx context.Context, socket string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w at %q: %s", ErrUnreachable, socket, advice(socket, err))
}

func advice(socket string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such socket; start the daemon (sessiond run), or name its socket with --socket"
	case isRefused(err):
		return "nobody listens on it; the daemon has ended, start it again (sessiond run)"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied; " + permissionAdvice(socket)
	case isTooLong(err):
		return "its path is longer than the system allows for a socket; name another with --socket"
	default:
		return err.Error()
	}
}
