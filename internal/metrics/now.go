package metrics

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sessiond/internal/session"
)

func modes() []string { return []string{"events", "poll", "off"} }

func codes() []session.Code {
	return []session.Code{session.CodeLocation, session.CodeSyntax, session.CodeSchema, session.CodeToken}
}

// descs describe the metrics that are read at each scrape.
type descs struct {
	ready, sessions, apps, notInMemory *prometheus.Desc
	rejected, faults, unsettled        *prometheus.Desc
	lastPass, lastSuccess, resync      *prometheus.Desc
	mode, degraded, watches, overflows *prometheus.Desc
	followers, connections, lostLines  *prometheus.Desc
	looks                              *prometheus.Desc
	notifyPending, notifySuccess       *prometheus.Desc
}

func newDescs() descs {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("sessiond_"+name, help, labels, nil)
	}
	return descs{
		ready:         desc("ready", "1 once the sessions were loaded at start-up."),
		sessions:      desc("sessions", "Sessions in memory, by app folder and status. Beyond 500 app folders, the further ones share the app \"(other)\".", "app", "status"),
		apps:          desc("apps", "App folders that have a session in memory."),
		notInMemory:   desc("not_in_memory_files", "Valid session files whose session is not in memory."),
		rejected:      desc("rejected_files", "Session files that are not compliant now, by the number of their mobi error.", "code"),
		faults:        desc("file_errors", "Files and folders that the operating system keeps from being judged now, by errno; a folder stands for all in it.", "errno"),
		unsettled:     desc("unsettled_files", "Files and folders that have no verdict now: they are in motion, unreadable, or gone together with many others.", "reason"),
		lastPass:      desc("last_pass_timestamp_seconds", "When the outcome of the last pass became visible, in seconds since 1970; 0 before the first.", "scope"),
		lastSuccess:   desc("last_success_timestamp_seconds", "The same of the last pass that left nothing it looked at without a verdict.", "scope"),
		resync:        desc("resync_interval_seconds", "The setting resync: interval of routine full passes; 0 for none."),
		mode:          desc("watch_mode", "How changes are noticed: 1 for the mode in force, 0 for the others.", "mode"),
		degraded:      desc("watch_degraded", "1 while events are wanted and cannot be had."),
		watches:       desc("watches", "Folders that are watched, the root included."),
		overflows:     desc("watch_overflows_total", "How often the operating system lost file events; a full pass follows each time."),
		followers:     desc("followers", "Clients that follow the stream of events."),
		connections:   desc("connections", "Open connections to the control socket."),
		looks:         desc("check_looks", "Checks of tokens that look at files now, or wait for that."),
		notifyPending: desc("notify_pending", "1 while the 4D server that notify-url names has not been told of something; 0 where none is named."),
		notifySuccess: desc("notify_last_success_timestamp_seconds", "When that server last answered with success, in seconds since 1970; 0 for never."),
		lostLines:     desc("log_lines_lost_total", "Lines of the log that were lost, because it is read too slowly or could not be written."),
	}
}

// now collects the metrics that are read at each scrape.
type now struct {
	metrics *Metrics
	descs
}

var _ prometheus.Collector = (*now)(nil)

// Describe implements prometheus.Collector.
func (n *now) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{
		n.ready, n.sessions, n.apps, n.notInMemory, n.rejected, n.faults, n.unsettled,
		n.lastPass, n.lastSuccess, n.resync, n.mode, n.degraded, n.watches, n.overflows,
		n.followers, n.connections, n.looks, n.notifyPending, n.notifySuccess, n.lostLines,
	} {
		out <- desc
	}
}

// Collect implements prometheus.Collector. All metrics that passes change come from
// one pass.
func (n *now) Collect(out chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	cfg := n.metrics.cfg
	watch := cfg.Watch()
	for _, mode := range modes() {
		gauge(n.mode, indicator(mode == watch.Mode), mode)
	}
	gauge(n.degraded, indicator(watch.Degraded))
	gauge(n.watches, float64(watch.Watches))
	out <- prometheus.MustNewConstMetric(n.overflows, prometheus.CounterValue, float64(watch.Overflows))
	gauge(n.followers, float64(cfg.Followers()))
	gauge(n.connections, float64(cfg.Connections()))
	gauge(n.looks, float64(cfg.Looks()))
	pending, success := cfg.Unfollowed()
	gauge(n.notifyPending, indicator(pending))
	gauge(n.notifySuccess, timestamp(success))
	out <- prometheus.MustNewConstMetric(n.lostLines, prometheus.CounterValue, float64(cfg.LostLines()))
	gauge(n.resync, cfg.Resync.Seconds())

	n.metrics.mu.Lock()
	defer n.metrics.mu.Unlock()
	n.collectStanding(n.metrics.gauges, gauge)
}

func (n *now) collectStanding(s *gauges, gauge func(desc *prometheus.Desc, value float64, labels ...string)) {
	gauge(n.ready, indicator(s.view != nil))
	gauge(n.apps, float64(s.countSessions(func(app string, c counts) {
		gauge(n.sessions, float64(c.accepted), app, session.StatusAccepted)
		gauge(n.sessions, float64(c.pending), app, session.StatusPending)
	})))
	gauge(n.notInMemory, float64(s.notInMemory))
	for _, code := range codes() {
		gauge(n.rejected, float64(s.rejected[code]), strconv.Itoa(int(code)))
	}
	for errno, files := range s.faults {
		gauge(n.faults, float64(files), strconv.Itoa(errno))
	}
	for reason, files := range s.unsettled() {
		gauge(n.unsettled, float64(files), reason)
	}
	for _, scope := range scopes() {
		gauge(n.lastPass, timestamp(s.lastPass[scope]), string(scope))
		gauge(n.lastSuccess, timestamp(s.lastSuccess[scope]), string(scope))
	}
}

func indicator(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// timestamp is a moment as Prometheus writes it, 0 where it never came.
func timestamp(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
