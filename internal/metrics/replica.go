package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Replica says how what is published, or followed, is now. The zero value is for a daemon
// that does neither.
type Replica struct {
	State string        // one of replicaStates, or empty
	Age   time.Duration // of what is shown, or since something was published
}

func replicaStates() []string {
	return []string{"waiting", "held", "syncing", "live", "away", "loading", "following", "stale", "diverged"}
}

// replica collects it.
type replica struct {
	ask        func() Replica
	state, age *prometheus.Desc
}

var _ prometheus.Collector = (*replica)(nil)

func newReplica(ask func() Replica) *replica {
	return &replica{
		ask:   ask,
		state: prometheus.NewDesc("sessiond_replica_state", "1 for the state of what is published or followed, 0 for the others; all are 0 where neither is.", []string{"state"}, nil),
		age:   prometheus.NewDesc("sessiond_replica_age_seconds", "How old what a follower shows is; of an authority, since when it has published nothing.", nil, nil),
	}
}

// Describe implements prometheus.Collector.
func (r *replica) Describe(out chan<- *prometheus.Desc) {
	out <- r.state
	out <- r.age
}

// Collect implements prometheus.Collector.
func (r *replica) Collect(out chan<- prometheus.Metric) {
	now := r.ask()
	for _, state := range replicaStates() {
		out <- prometheus.MustNewConstMetric(r.state, prometheus.GaugeValue, indicator(state == now.State), state)
	}
	out <- prometheus.MustNewConstMetric(r.age, prometheus.GaugeValue, now.Age.Seconds())
}
