package metrics

import "github.com/prometheus/client_golang/prometheus"

// newNotified makes every series at once, as newPasses does.
func newNotified() *prometheus.CounterVec {
	notified := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sessiond_notifications_total",
		Help: "Requests to the 4D server that notify-url names, by whether it answered with success.",
	}, []string{"result"})
	for _, success := range []bool{true, false} {
		notified.WithLabelValues(notifyResult(success))
	}
	return notified
}

func notifyResult(success bool) string {
	if success {
		return "done"
	}
	return "failed"
}

// Notified counts a request to a 4D server.
func (m *Metrics) Notified(success bool) {
	m.notified.WithLabelValues(notifyResult(success)).Inc()
}
