package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sessiond/internal/session"
)

// latency measures how long an edit takes to be visible: from the moment that
// the first file event about it came to the moment that readers could see the
// change. Both are taken here, by the monotonic clock. A file's mtime would be
// closer to the edit where it can be trusted, which is not known of any file: it
// may come from another machine's clock, from before the file was renamed into
// place, or from whoever set it.
//
// What was found without an event (by a timer, on request) is not measured, as
// nobody knows when it happened, unless its pass also answers events: all that
// one pass finds counts from the first of these. What is in motion counts from the
// first event to the look that settled it.
type latency struct {
	histogram prometheus.Histogram
	// waiting holds what is in motion and when the first event about it came.
	// Only the goroutine that tells of passes touches it.
	waiting map[session.Key]time.Time
}

func newLatency() *latency {
	return &latency{
		histogram: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "sessiond_edit_visible_seconds",
			Help: "From the first file event about a change to the moment that readers of the socket could see it; changes that no event told of are not in it.",
			// The settle time, 250 ms, lies between buckets: a save that is seen
			// half-way takes a little longer.
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .2, .3, .5, 1, 2.5, 5, 10, 30},
		}),
		waiting: map[session.Key]time.Time{},
	}
}

func (l *latency) observe(p *Pass) {
	if len(l.waiting) > 0 || !p.Since.IsZero() {
		for _, e := range p.Outcome.Changes {
			if since := l.since(e.Session.Key(), p.Since); !since.IsZero() {
				l.histogram.Observe(p.Applied.Sub(since).Seconds())
			}
		}
	}
	for _, t := range p.Outcome.Unsettled {
		if t.Now == nil || t.Now.Reason != session.ReasonInMotion {
			delete(l.waiting, t.Session)
		}
	}
	if p.Since.IsZero() {
		return
	}
	for _, u := range p.Outcome.Report.Unsettled {
		if u.Reason != session.ReasonInMotion {
			continue
		}
		l.waiting[u.Session] = l.since(u.Session, p.Since)
	}
}

// since returns when the first event came that may have told of a file: pass is
// that of the pass.
func (l *latency) since(key session.Key, pass time.Time) time.Time {
	if since, waits := l.waiting[key]; waits {
		return since
	}
	return pass
}
