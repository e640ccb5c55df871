package control

import (
	"errors"
	"fmt"

	"sessiond/internal/api"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// problem is a failure as clients see it, and an error of a handler.
type problem struct {
	api.Problem

	allow      string // the Allow header of an answer with status 405
	retryAfter string // the header of that name, in seconds
	close      bool   // the request was not read to its end
}

func newProblem(kind api.Kind, format string, args ...any) *problem {
	return &problem{Problem: api.NewProblem(kind, fmt.Sprintf(format, args...))}
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
		return newProblem(api.KindInvalidKey, "%v", err)
	case errors.Is(err, store.ErrGone), errors.Is(err, store.ErrLagged):
		return newProblem(api.KindRevisionGone, "%v; read the sessions again and follow from their revision", err)
	}
	if p := exchangeProblem(err); p != nil {
		return p
	}
	if p := administrationProblem(err); p != nil {
		return p
	}
	return newProblem(api.KindInternal, "%v", err)
}
