package passes

import (
	"context"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// Look returns what a pass, that began after the call, has to report about one file. All
// who wait for such a pass share it. It is as if an event had told of the file: nobody
// answers for what the pass removes, and it admits what every pass does.
func (l *Loop) Look(ctx context.Context, key session.Key) (session.Report, error) {
	return l.queue.open(request{what: lookAtFile, file: key}).wait(ctx)
}

// look runs one pass over all files that somebody looks for, and takes them from what
// waits.
func (l *Loop) look(b pendingWork) {
	var keys []session.Key
	for r := range b.waiters {
		if r.what == lookAtFile {
			keys = append(keys, r.file)
		}
	}
	if len(keys) == 0 {
		return
	}
	parts := l.cfg.Memory.Parts(l.pass(refresh.Request{Trigger: session.TriggerWatch, Keys: keys}, time.Time{}))
	for _, key := range keys {
		r := request{what: lookAtFile, file: key}
		l.await(parts.Of(key), b.waiters[r])
		delete(b.waiters, r)
	}
}
