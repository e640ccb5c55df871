package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sessiond/internal/session"
)

// latency measures how long an edit takes to be visible: from the first file event
// about it to the time at which readers could see the change. Both are taken in
// this process, by the monotonic clock. A file's mtime would be closer to the edit,
// but cannot be trusted: it may come from another machine's clock, from before the
// file was renamed into place, or from a program that set it.
//
// What was found without an event (by a timer, on request) is not measured, as the
// time of the edit is unknown, unless its pass also answers events: everything that
// one pass finds counts from the first of these. What is in motion counts from the
// first event to the look that settled it.
type latency struct {
	histogram prometheus.Histogram
	// Only the goroutine that observes passes uses it.
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

// since returns when the first event came that may have been about a file; pass is
// that of the pass.
func (l *latency) since(key session.Key, pass time.Time) time.Time {
	if since, waits := l.waiting[key]; waits {
		return since
	}
	return pass
}
