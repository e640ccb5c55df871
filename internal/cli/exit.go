package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sessiond/internal/client"
	"sessiond/internal/config"
	"sessiond/internal/session"
)

// The exit statuses, as the interface page fixes them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitRejected    = 3
	exitUnreachable = 4
	exitNoSession   = 5
	exitConfig      = 78 // EX_CONFIG of sysexits.h
)

// errRejected is how a verb that did its work says that files are rejected.
var errRejected = errors.New("rejected")

// rejected returns [errRejected] with the number of files, or nil for none.
func rejected(n int) error {
	if n == 0 {
		return nil
	}
	return fmt.Errorf("%s %w", count(n, "file is", "files are"), errRejected)
}

// errNotJudged is how a verb says that it could not look at all it was to judge.
var errNotJudged = errors.New("could not be judged")

// outcome returns how a verb ends that has shown the report of a pass. What could
// not be judged goes before rejected files, of which something is known.
func outcome(r *session.Report, allowRejected bool) error {
	unjudged := make(map[session.Key]bool)
	for _, u := range r.Unsettled {
		unjudged[u.Session] = true
	}
	for i := range r.Errors {
		if e := &r.Errors[i]; !e.Rejects() {
			unjudged[e.Session] = true
		}
	}
	switch {
	case unjudged[session.Key{}]:
		return fmt.Errorf("the whole MobileApps folder %w: all sessions stay as they were", errNotJudged)
	case len(unjudged) > 0:
		return fmt.Errorf("%s %w: what is in memory from there stays as it was",
			count(len(unjudged), "file or folder", "files or folders"), errNotJudged)
	case allowRejected:
		return nil
	}
	return rejected(session.CountRejected(r.Errors))
}

// exitStatus turns what a verb returned into the exit status of the process.
func exitStatus(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errUsage):
		return exitUsage
	case errors.Is(err, config.ErrText):
		return exitConfig
	case errors.Is(err, config.ErrState):
		return exitFailed
	case errors.Is(err, config.ErrInvalid): // of the command line
		return exitUsage
	case errors.Is(err, client.ErrUnreachable), isAuthorityAway(err):
		return exitUnreachable
	case errors.Is(err, client.ErrNotFound):
		return exitNoSession
	case errors.Is(err, errRejected):
		return exitRejected
	}
	return exitFailed
}

// told marks an error whose story the verb has told already.
type told struct{ error }

func (t told) Unwrap() error { return t.error }

// ExitStatuses is the annotation of a command of [Tree] that lists its exit
// statuses, a line each: "  0   done".
const ExitStatuses = "exit statuses"

// exits returns the annotation that lists a verb's exit statuses: 0, 1, 2 and 78,
// which every verb has, and those it has beside them.
func exits(more ...int) map[string]string {
	var b strings.Builder
	all := slices.Concat([]int{exitDone, exitFailed, exitUsage}, more, []int{exitConfig})
	for _, status := range all {
		fmt.Fprintf(&b, "  %-3d %s\n", status, exitMeaning(status))
	}
	return map[string]string{ExitStatuses: b.String()}
}

func exitMeaning(status int) string {
	switch status {
	case exitDone:
		return "done"
	case exitUsage:
		return "wrong usage"
	case exitRejected:
		return "done, but files are rejected (a mobi error)"
	case exitUnreachable:
		return "the daemon, or the one that it follows, cannot be reached"
	case exitNoSession:
		return "no such session"
	case exitConfig:
		return "the environment or the settings file says something wrong"
	}
	return "failed"
}
