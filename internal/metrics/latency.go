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
// nobody knows when it happened. Events that are gathered into one pass count
// from the first of them. What is in motion counts from the first event to the
// look that settled it.
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
	if len(l.waiting) > 0 || len(p.Arrivals) > 0 {
		for _, e := range p.Outcome.Effects {
			if came, known := l.arrival(e.Session.Key(), p.Arrivals); known {
				l.histogram.Observe(p.Applied.Sub(came).Seconds())
			}
		}
	}
	for _, turn := range p.Outcome.Unsettled {
		if turn.Now == nil || turn.Now.Reason != session.ReasonInMotion {
			delete(l.waiting, turn.Session)
		}
	}
	if len(p.Arrivals) == 0 {
		return
	}
	for _, u := range p.Outcome.Report.Unsettled {
		if u.Reason != session.ReasonInMotion {
			continue
		}
		if came, known := l.arrival(u.Session, p.Arrivals); known {
			l.waiting[u.Session] = came
		}
	}
}

// arrival returns when the first event came that may have told of a file.
func (l *latency) arrival(key session.Key, arrivals map[session.Key]time.Time) (time.Time, bool) {
	if came, waits := l.waiting[key]; waits {
		return came, true
	}
	if len(arrivals) == 0 {
		return time.Time{}, false
	}
	for _, about := range []session.Key{key, session.FolderKey(key.App()), session.RootKey} {
		if came, known := arrivals[about]; known {
			return came, true
		}
	}
	return time.Time{}, false
}
