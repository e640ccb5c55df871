package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"sessiond/internal/audit"
)

// newEdits makes every series at once, as newPasses does.
func newEdits() *prometheus.CounterVec {
	edits := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sessiond_edits_total",
		Help: "Changes to session files, and to the trash, that were asked of the daemon, by what became of them.",
	}, []string{"action", "result"})
	for _, action := range []audit.Action{
		audit.ActionAccept, audit.ActionHold, audit.ActionSetEmail, audit.ActionEdit, audit.ActionDelete, audit.ActionRestore, audit.ActionPurge, audit.ActionOpen,
	} {
		for _, result := range []audit.Result{audit.ResultDone, audit.ResultFailed, audit.ResultRefused} {
			edits.WithLabelValues(string(action), string(result))
		}
	}
	return edits
}

// Edited counts a change that was asked of the daemon.
func (m *Metrics) Edited(action audit.Action, result audit.Result) {
	m.edits.WithLabelValues(string(action), string(result)).Inc()
}
