package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// checks count the checks of tokens for gateways.
type checks struct {
	total *prometheus.CounterVec
	by    map[string]prometheus.Counter // the counters of total, which a check finds cheaper here
	took  prometheus.Histogram
}

// newChecks makes every series at once, as newPasses does.
func newChecks(results []string) checks {
	c := checks{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sessiond_checks_total",
			Help: "Tokens that gateways had checked, by what the check came to; unavailable is an answer with status 503.",
		}, []string{"result"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "sessiond_check_seconds",
			Help: "How long checks of tokens took, looks at files included.",
			// A check from memory takes microseconds, a look at a file 2.5 seconds at most.
			Buckets: []float64{.00001, .000025, .00005, .0001, .00025, .0005, .001, .0025, .01, .1, .5, 1, 3},
		}),
		by: make(map[string]prometheus.Counter, len(results)),
	}
	for _, result := range results {
		c.by[result] = c.total.WithLabelValues(result)
	}
	return c
}

// Checked counts a check of a token, with what it came to, one of [Config.CheckResults], and
// how long it took.
func (m *Metrics) Checked(result string, took time.Duration) {
	m.checks.by[result].Inc()
	m.checks.took.Observe(took.Seconds())
}
