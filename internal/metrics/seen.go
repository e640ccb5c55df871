package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Seen says how long ago the sessions in memory were last seen.
type Seen struct {
	// Since is since when that is collected; zero where it is not.
	Since time.Time
	// Within has how many sessions were seen within so many seconds.
	Within map[float64]uint64
	Seen   uint64  // sessions that were seen at any time
	Sum    float64 // of the ages of these, in seconds
	Never  int     // the other sessions
}

// seen collects it, and how many licences there are.
type seenAges struct {
	ask                   func() Seen
	licensed              int
	since, age            *prometheus.Desc
	neverSeen, licencesOf *prometheus.Desc
}

var _ prometheus.Collector = (*seenAges)(nil)

func newSeen(ask func() Seen, licences int) *seenAges {
	desc := func(name, help string) *prometheus.Desc { return prometheus.NewDesc("sessiond_"+name, help, nil, nil) }
	return &seenAges{
		ask: ask, licensed: licences,
		since:      desc("seen_since_timestamp_seconds", "Since when it is collected when sessions were last seen, in seconds since 1970; 0 where tokens are not checked."),
		age:        desc("seen_age_seconds", "How long ago the sessions in memory were last seen, those that were; counted every five minutes."),
		neverSeen:  desc("never_seen_sessions", "Sessions in memory that were never seen, counted with the others."),
		licencesOf: desc("licences", "The setting licences: how many sessions may be accepted; 0 where nobody knows."),
	}
}

// Describe implements prometheus.Collector.
func (s *seenAges) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{s.since, s.age, s.neverSeen, s.licencesOf} {
		out <- desc
	}
}

// Collect implements prometheus.Collector.
func (s *seenAges) Collect(out chan<- prometheus.Metric) {
	now := s.ask()
	out <- prometheus.MustNewConstMetric(s.since, prometheus.GaugeValue, timestamp(now.Since))
	out <- prometheus.MustNewConstHistogram(s.age, now.Seen, now.Sum, now.Within)
	out <- prometheus.MustNewConstMetric(s.neverSeen, prometheus.GaugeValue, float64(now.Never))
	out <- prometheus.MustNewConstMetric(s.licencesOf, prometheus.GaugeValue, float64(s.licensed))
}
