package replica

import (
	"context"
	"net/http"
	"os"
	"sync"
	"time"
)

// window is how many bytes of an answer wait to be fetched, about: whoever writes more waits
// for the follower, as for any client that reads slowly.
const window = 1 << 20

// answer is the answer to a request, which a follower fetches piece by piece. It implements
// [http.ResponseWriter], with what package http's ResponseController asks for.
type answer struct {
	header http.Header // of who writes

	mu       sync.Mutex
	changed  chan struct{} // closed, and replaced, with each change
	status   int
	said     http.Header // as it was when the status was written
	body     []byte      // what was written and not fetched
	begin    int         // where body begins in all that was written
	deadline time.Time   // for what is written to be fetched; zero for none
	failed   bool        // it was not, and the answer is not whole
	closed   bool
	dropped  bool
	fetched  chan struct{} // closed once somebody has read the end
	isRead   bool
}

func newAnswer() *answer {
	return &answer{header: make(http.Header), changed: make(chan struct{}), fetched: make(chan struct{})}
}

// tell wakes who waits for a change. The caller holds mu.
func (a *answer) tell() {
	close(a.changed)
	a.changed = make(chan struct{})
}

// Header implements [http.ResponseWriter].
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements [http.ResponseWriter].
func (a *answer) WriteHeader(status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.writeHeader(status)
}

func (a *answer) writeHeader(status int) {
	if a.status == 0 {
		a.status, a.said = status, a.header.Clone()
		a.tell()
	}
}

// FlushError implements what [http.ResponseController] asks for.
func (a *answer) FlushError() error {
	a.WriteHeader(http.StatusOK)
	return nil
}

// SetWriteDeadline implements what [http.ResponseController] asks for.
func (a *answer) SetWriteDeadline(t time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.deadline = t
	return nil
}

// Write implements [http.ResponseWriter].
func (a *answer) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.writeHeader(http.StatusOK)
	for len(a.body) >= window && !a.failed {
		a.await()
	}
	if a.failed {
		return 0, os.ErrDeadlineExceeded
	}
	a.body = append(a.body, p...)
	a.tell()
	return len(p), nil
}

// await waits for a change, or until the deadline, after which nothing more is written. The
// caller holds mu.
func (a *answer) await() {
	changed := a.changed
	var late <-chan time.Time
	if !a.deadline.IsZero() {
		timer := time.NewTimer(time.Until(a.deadline))
		defer timer.Stop()
		late = timer.C
	}
	a.mu.Unlock()
	defer a.mu.Lock()
	select {
	case <-changed:
	case <-late:
		a.mu.Lock()
		a.failed = true
		a.mu.Unlock()
	}
}

// close says that nothing more is written.
func (a *answer) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.writeHeader(http.StatusOK)
	a.closed = true
	a.tell()
}

// size returns how many bytes wait.
func (a *answer) size() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.body)
}

// drop forgets what waits, and returns how many bytes that was.
func (a *answer) drop() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := len(a.body)
	a.body, a.dropped = nil, true
	a.tell()
	return n
}

// read returns what was written behind from, which says that all before it was fetched. It
// waits, until ctx ends, for as long as there is nothing to tell. What was fetched of an
// answer that goes on is not kept.
func (a *answer) read(ctx context.Context, from, most int) Edited {
	a.mu.Lock()
	defer a.mu.Unlock()
	for {
		if from < a.begin || from > a.begin+len(a.body) || a.dropped || a.failed && from == a.begin+len(a.body) {
			return Edited{Refused: EditForgotten}
		}
		if !a.closed && from > a.begin {
			a.body = append([]byte(nil), a.body[from-a.begin:]...)
			a.begin = from
			a.tell()
		}
		rest := a.body[from-a.begin:]
		if len(rest) > 0 || a.closed || ctx.Err() != nil {
			piece := rest[:min(len(rest), most)]
			return a.piece(from, piece, a.closed && !a.failed && len(piece) == len(rest))
		}
		changed := a.changed
		a.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		a.mu.Lock()
	}
}

// piece returns a part of the answer. The caller holds mu.
func (a *answer) piece(from int, body []byte, last bool) Edited {
	if last && !a.isRead {
		a.isRead = true
		close(a.fetched)
	}
	return Edited{
		Status: a.status, ContentType: a.said.Get("Content-Type"), ETag: a.said.Get("ETag"), RetryAfter: a.said.Get("Retry-After"),
		From: from, Last: last, Body: append([]byte(nil), body...),
	}
}
