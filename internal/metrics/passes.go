package metrics

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"sessiond/internal/session"
)

// Outcomes of a pass, the gravest first.
const (
	outcomeUnreadable = "unreadable" // something could not be judged
	outcomeRejected   = "rejected"   // all was judged, and some files are not compliant
	outcomeManyGone   = "many gone"  // removals are held back
	outcomeInMotion   = "in motion"  // a second look is to come
	outcomeOK         = "ok"
)

func triggers() []session.Trigger {
	return []session.Trigger{
		session.TriggerStartup, session.TriggerSocket, session.TriggerSignal, session.TriggerWatch,
		session.TriggerPoll, session.TriggerResync, session.TriggerRetry, session.TriggerOpen, session.TriggerEdit,
	}
}

func scopes() []session.Scope { return []session.Scope{session.ScopeFull, session.ScopeFiles} }

// outcomeOf returns the gravest of what a pass found.
func outcomeOf(r *session.Report) string {
	with := func(reason string) bool {
		return slices.ContainsFunc(r.Unsettled, func(u session.Unsettled) bool { return u.Reason == reason })
	}
	switch {
	case with(session.ReasonUnreadable):
		return outcomeUnreadable
	case r.Rejected > 0:
		return outcomeRejected
	case with(session.ReasonManyGone):
		return outcomeManyGone
	case with(session.ReasonInMotion):
		return outcomeInMotion
	}
	return outcomeOK
}

// newPasses makes every series at once: what appears with its first increment
// has no increase for Prometheus.
func newPasses() *prometheus.CounterVec {
	passes := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sessiond_passes_total",
		Help: "Passes, by what asked for them and by the gravest of what they found.",
	}, []string{"trigger", "outcome"})
	for _, trigger := range triggers() {
		for _, outcome := range []string{outcomeUnreadable, outcomeRejected, outcomeManyGone, outcomeInMotion, outcomeOK} {
			passes.WithLabelValues(string(trigger), outcome)
		}
	}
	return passes
}

func newDuration() *prometheus.HistogramVec {
	duration := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "sessiond_pass_duration_seconds",
		Help: "How long passes worked: full ones over the whole tree, and those over single files and folders.",
		// From one file on a warm disk to a million over the network.
		Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
	}, []string{"scope"})
	for _, scope := range scopes() {
		duration.WithLabelValues(string(scope))
	}
	return duration
}

func newChanges() *prometheus.CounterVec {
	changes := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sessiond_events_total",
		Help: "Changes to sessions in memory, which are the events that followers read; reason says why a session was removed.",
	}, []string{"action", "reason", "trigger"})
	for _, trigger := range triggers() {
		for _, kind := range session.ChangeKinds() {
			changes.WithLabelValues(string(kind.Action()), kind.Reason(), string(trigger))
		}
	}
	return changes
}
