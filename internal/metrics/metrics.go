package metrics

import (
	"net/http"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// Config is what [Metrics] are made from. All of it is required.
type Config struct {
	Version string
	// Resync is the interval of routine full passes; 0 for none.
	Resync time.Duration
	// The functions are asked at each scrape, possibly from several goroutines, and
	// must not wait for anything.
	Watch       func() Watch
	Followers   func() int
	Connections func() int
	// Looks returns how many checks of tokens look at files.
	Looks func() int
	// CheckResults are what a check of a token can come to.
	CheckResults []string
	// Seen returns how long ago sessions were last seen.
	Seen func() Seen
	// Licences is how many sessions may be accepted; 0 where nobody knows.
	Licences int
	// Unfollowed returns whether a 4D server has yet to be told of something, and when it
	// last answered with success; zero for never.
	Unfollowed func() (pending bool, success time.Time)
	// Replica returns how what is published or followed is.
	Replica func() Replica
	// LostLines returns how many lines of the log were lost so far.
	LostLines func() uint64
}

// Watch is how changes are noticed now.
type Watch struct {
	Mode      string // one of modes
	Degraded  bool
	Watches   int
	Overflows uint64
}

// Metrics counts what the daemon does. Its methods may be called from several
// goroutines.
type Metrics struct {
	cfg      Config
	registry *prometheus.Registry

	passes   *prometheus.CounterVec
	duration *prometheus.HistogramVec
	changes  *prometheus.CounterVec
	edits    *prometheus.CounterVec
	checks   checks
	notified *prometheus.CounterVec
	latency  *latency

	mu     sync.Mutex
	gauges *gauges
}

// New returns metrics of a daemon that has made no pass yet.
func New(cfg Config) *Metrics {
	m := &Metrics{
		cfg:      cfg,
		registry: prometheus.NewRegistry(),
		passes:   newPasses(),
		duration: newDuration(),
		changes:  newChanges(),
		edits:    newEdits(),
		checks:   newChecks(cfg.CheckResults),
		notified: newNotified(),
		latency:  newLatency(),
		gauges:   newStanding(maxApps),
	}
	m.registry.MustRegister(
		m.passes, m.duration, m.changes, m.edits, m.checks.total, m.checks.took, m.notified, m.latency.histogram,
		&now{metrics: m, descs: newDescs()},
		newSeen(cfg.Seen, cfg.Licences),
		newReplica(cfg.Replica),
		newBuildInfo(cfg.Version),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// newBuildInfo says which program runs, in labels of a gauge that is always 1.
func newBuildInfo(version string) prometheus.Collector {
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "sessiond_build_info",
		Help:        "Always 1; the labels say which sessiond runs and what Go built it.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	})
	info.Set(1)
	return info
}

// Pass is one pass whose outcome was applied to the store.
type Pass struct {
	Outcome session.Outcome
	// Before and After are what there was to see before the pass and is now.
	Before, After *store.View
	// Since is when the first file event came of those that the pass answers; zero
	// where there was none.
	Since time.Time
	// Applied is when readers could see the outcome.
	Applied time.Time
}

// Observe counts a pass. It must be called for every pass, one after another.
func (m *Metrics) Observe(p Pass) {
	report := &p.Outcome.Report
	m.passes.WithLabelValues(string(report.Trigger), outcomeOf(report)).Inc()
	m.duration.WithLabelValues(string(report.Scope)).Observe(report.DurationMs / 1000)
	m.countChanges(&p.Outcome)
	m.latency.observe(&p)

	m.mu.Lock()
	defer m.mu.Unlock()
	m.gauges.apply(&p)
}

// countChanges adds up what a pass did before it goes to a counter for it: after
// a first load there may be a million changes of one kind.
func (m *Metrics) countChanges(o *session.Outcome) {
	for left := o.Changes; len(left) > 0; {
		kind, trigger := left[0].Kind, o.TriggerOf(left[0])
		run := slices.IndexFunc(left, func(e session.MemoryChange) bool { return e.Kind != kind || o.TriggerOf(e) != trigger })
		if run < 0 {
			run = len(left)
		}
		m.changes.WithLabelValues(string(kind.Action()), kind.Reason(), string(trigger)).Add(float64(run))
		left = left[run:]
	}
}

// scrapes is how many scrapes are answered at once; more get a 503.
const scrapes = 4

// Handler answers a scrape.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: scrapes})
}
