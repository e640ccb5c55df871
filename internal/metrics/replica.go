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
	// Epoch grows with each authority that takes over; 0 before there was one.
	Epoch uint64
	// Fulls counts how often everything was read, Mismatches sums that were not the
	// authority's, Losses how often the engine had lost something, and Fenced how often
	// another authority took over.
	Fulls, Mismatches, Losses, Fenced uint64
	// Pending is how many keys are to be published, or messages to be read; Omitted how many
	// sessions and errors are too large to be published.
	Pending, Omitted int
}

func replicaStates() []string {
	return []string{"waiting", "held", "syncing", "live", "away", "loading", "following", "stale", "diverged"}
}

// replica collects it.
type replica struct {
	ask                               func() Replica
	state, age, epoch                 *prometheus.Desc
	fulls, mismatches, losses, fenced *prometheus.Desc
	pending, omitted                  *prometheus.Desc
}

var _ prometheus.Collector = (*replica)(nil)

func newReplica(ask func() Replica) *replica {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("sessiond_replica_"+name, help, labels, nil)
	}
	return &replica{
		ask:        ask,
		state:      desc("state", "1 for the state of what is published or followed, 0 for the others; all are 0 where neither is.", "state"),
		age:        desc("age_seconds", "How old what a follower shows is; of an authority, since when it has published nothing."),
		epoch:      desc("epoch", "Grows with each authority that takes over; 0 where nothing was published or followed yet."),
		fulls:      desc("fulls_total", "How often everything was read from the servers: by an authority to compare it, by a follower to show it."),
		mismatches: desc("mismatches_total", "How often what a follower had read was not what the authority published."),
		losses:     desc("losses_total", "How often an authority found that the servers had lost something, or all."),
		fenced:     desc("fenced_total", "How often another authority of the same name took over from this one."),
		pending:    desc("pending", "What is still to be published, in sessions and errors; of a follower, messages still to be read."),
		omitted:    desc("omitted", "Sessions and errors that are too large for the servers, and so not published."),
	}
}

// Describe implements prometheus.Collector.
func (r *replica) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{r.state, r.age, r.epoch, r.fulls, r.mismatches, r.losses, r.fenced, r.pending, r.omitted} {
		out <- desc
	}
}

// Collect implements prometheus.Collector.
func (r *replica) Collect(out chan<- prometheus.Metric) {
	now := r.ask()
	for _, state := range replicaStates() {
		out <- prometheus.MustNewConstMetric(r.state, prometheus.GaugeValue, indicator(state == now.State), state)
	}
	for desc, value := range map[*prometheus.Desc]float64{
		r.age: now.Age.Seconds(), r.epoch: float64(now.Epoch), r.pending: float64(now.Pending), r.omitted: float64(now.Omitted),
	} {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value)
	}
	for desc, value := range map[*prometheus.Desc]uint64{
		r.fulls: now.Fulls, r.mismatches: now.Mismatches, r.losses: now.Losses, r.fenced: now.Fenced,
	} {
		out <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(value))
	}
}
