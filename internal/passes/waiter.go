package passes

import (
	"context"
	"errors"
	"fmt"

	"sessiond/internal/session"
)

// What a request gets instead of a report.
var (
	// ErrStopping says that no time is left for it.
	ErrStopping = errors.New("the daemon is stopping")
	// ErrTooMany says that there is no room for it now.
	ErrTooMany = fmt.Errorf("%d requests wait for a report already; try again soon", maxUnanswered)
)

// maxUnanswered is how many different requests may wait for a report. There are fewer
// connections, so only requests that were given up come to so many.
const maxUnanswered = 2048

// request is something that a pass is asked for and that is answered with a report.
// All who ask for the same wait together.
type request struct {
	what  wanted
	file  session.Key    // of openFile and lookAtFile
	files *[]session.Key // of lookAtEdited and lookAtDeleted, each a request of its own
}

type wanted uint8

const (
	refreshAll  wanted = iota // a full pass
	openAll                   // a full pass with admission on
	openRemoved               // one over the files of sessions that were removed since a time
	openFile                  // one over a file, with admission on
	lookAtFile                // one over a file
	// One over files that the daemon has changed, or deleted.
	lookAtEdited
	lookAtDeleted
)

// waiter is who waits for the report about a request.
type waiter struct {
	done chan struct{}
	// One of these is set before done is closed.
	report session.Report
	err    error
}

func newWaiter() *waiter { return &waiter{done: make(chan struct{})} }

// answer hands the report to all who wait.
func (w *waiter) answer(report session.Report) {
	w.report = report
	close(w.done)
}

// dismiss ends the waiting without a report.
func (w *waiter) dismiss(err error) *waiter {
	w.err = err
	close(w.done)
	return w
}

func (w *waiter) wait(ctx context.Context) (session.Report, error) {
	select {
	case <-w.done:
		return w.report, w.err
	case <-ctx.Done():
		return session.Report{}, ctx.Err()
	}
}
