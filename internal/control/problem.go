package control

import (
	"errors"
	"fmt"
	"net/http"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// problem is a failure as clients see it (RFC 9457), and an error of a handler.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// Rejected is what is wrong with the session's file, in an answer with
	// status 422.
	Rejected *session.Problem `json:"error,omitempty"`

	allow string // the Allow header of an answer with status 405
	close bool   // the request was not read to its end
}

func newProblem(status int, format string, args ...any) *problem {
	return &problem{
		Title:  http.StatusText(status),
		Status: status,
		Detail: fmt.Sprintf(format, args...),
	}
}

// Error returns what went wrong, in words.
func (p *problem) Error() string { return p.Detail }

// problemOf returns the failure that a handler's error stands for.
func problemOf(err error) *problem {
	var p *problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, session.ErrKey):
		return newProblem(http.StatusBadRequest, "%v", err)
	case errors.Is(err, store.ErrGone), errors.Is(err, store.ErrLagged):
		return newProblem(http.StatusGone, "%v; read the sessions again and follow from their revision", err)
	default:
		return newProblem(http.StatusInternalServerError, "%v", err)
	}
}
