package cli

import (
	"errors"
	"fmt"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// failures gathers what went wrong with some of several.
type failures struct {
	problems    []session.Problem
	unreachable error
	other       error // neither that, nor a verdict about a file, nor that there is none
	missing     error // there is no such session, file or item
}

// add notes one failure.
func (f *failures) add(key session.Key, err error) {
	if errors.Is(err, client.ErrUnreachable) {
		f.unreachable = err
		return
	}
	problem, judged := requestProblem(key, err)
	f.problems = append(f.problems, problem)
	switch {
	case judged:
	case errors.Is(err, client.ErrNotFound):
		f.missing = told{err}
	default:
		f.other = told{err}
	}
}

// outcome returns how the command ends, the gravest first.
func (f *failures) outcome() error {
	switch {
	case f.unreachable != nil:
		return f.unreachable
	case f.other != nil:
		return f.other
	case f.missing != nil:
		return f.missing
	case len(f.problems) > 0:
		return told{errRejected}
	}
	return nil
}

// requestProblem returns what the daemon said about one key as an error of a report, and
// whether it is a verdict about the file.
func requestProblem(key session.Key, err error) (problem session.Problem, judged bool) {
	answer, ok := errors.AsType[*client.ProblemError](err)
	if !ok {
		return session.Problem{ComponentSignature: "http", Message: err.Error(), Session: key}, false
	}
	// What a file would be rejected for if it were changed says nothing of the file.
	if answer.Rejected != nil && answer.Kind != api.KindNotCompliant {
		return *answer.Rejected, true
	}
	problem = session.Problem{
		ErrCode: answer.Status, ComponentSignature: "http",
		Message: answer.Title, Session: key, Detail: answer.Detail,
	}
	if stale, ok := errors.AsType[*staleError](err); ok {
		problem.Detail = stale.Error()
	}
	return problem, false
}

// staleError says that a file is not what a person was shown.
type staleError struct {
	*client.ProblemError

	difference string
}

func (e *staleError) Error() string {
	return "somebody changed it after it was shown, and nothing was done: " + e.difference
}

func (e *staleError) Unwrap() error { return e.ProblemError }

// reasonOf says why a request failed, with what can be done about it.
func reasonOf(err error) string {
	answer, ok := errors.AsType[*client.ProblemError](err)
	if !ok {
		return err.Error()
	}
	text := err.Error()
	switch {
	case answer.Rejected != nil && answer.Kind != api.KindNotCompliant:
		text = answer.Rejected.String()
	case answer.Owner != "":
		text += fmt.Sprintf(" (the file's owner is %s, its folder %s)", answer.Owner, answer.Folder)
	}
	return withRemedy(text, err)
}

// withRemedy adds to why a request failed what can be done about it.
func withRemedy(text string, err error) string {
	if answer, ok := errors.AsType[*client.ProblemError](err); ok && answer.Remedy != "" {
		text += "; " + answer.Remedy
	}
	return text
}
