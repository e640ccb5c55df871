package metrics

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"pgregory.net/rapid"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

func started() time.Time { return time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC) }

// newMetrics returns metrics of a daemon that watches and has clients.
func newMetrics() *Metrics {
	return New(Config{
		Version: "1.2.3", Resync: 5 * time.Minute,
		Watch:       func() Watch { return Watch{Mode: "events", Watches: 3, Overflows: 2} },
		Followers:   func() int { return 4 },
		Connections: func() int { return 5 },
		Looks:       func() int { return 7 }, CheckResults: []string{"accepted", "unavailable"},
		LostLines: func() uint64 { return 6 },
		Seen: func() Seen {
			return Seen{Since: started(), Within: map[float64]uint64{60: 1, 3600: 2}, Seen: 3, Sum: 90_000, Never: 8}
		},
		Licences:   9,
		Unfollowed: func() (bool, time.Time) { return true, time.Unix(7, 0) },
		Replica: func() Replica {
			return Replica{
				State: "stale", Age: 90 * time.Second, Epoch: 4,
				Fulls: 5, Mismatches: 6, Losses: 7, Fenced: 8, Pending: 9, Omitted: 10,
			}
		},
	})
}

// told is what a scrape tells: the values of all series but histograms, by name
// and labels.
func told(t interface{ Fatal(args ...any) }, from prometheus.Gatherer) map[string]float64 {
	families, err := from.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			name := family.GetName()
			for _, label := range metric.GetLabel() {
				name += " " + label.GetName() + "=" + label.GetValue()
			}
			values[name] = metric.GetGauge().GetValue() + metric.GetCounter().GetValue() + float64(metric.GetHistogram().GetSampleCount())
		}
	}
	return values
}

// standingOf gathers what stands only, which costs less.
func standingOf(m *Metrics) prometheus.Gatherer {
	r := prometheus.NewRegistry()
	r.MustRegister(&now{metrics: m, descs: newDescs()})
	return r
}

// seen is what a walk through a view comes to, in the form of told: sessions by
// app and status, errors, what is unsettled.
func seen(v *store.View) map[string]float64 {
	values := map[string]float64{"sessiond_not_in_memory_files": float64(v.NotInMemory())}
	apps := map[string]bool{}
	all, _ := v.Select(store.Query{})
	for _, s := range all {
		app := s.Key().App
		apps[app] = true
		values["sessiond_sessions app="+app+" status="+session.StatusAccepted] += 0
		values["sessiond_sessions app="+app+" status="+session.StatusPending] += 0
		values["sessiond_sessions app="+app+" status="+s.Status()]++
	}
	values["sessiond_apps"] = float64(len(apps))
	for _, code := range codes() {
		values["sessiond_rejected_files code="+strconv.Itoa(int(code))] = 0
	}
	for _, p := range v.Problems(nil, 0) {
		if p.Rejects() {
			values["sessiond_rejected_files code="+strconv.Itoa(p.ErrCode)]++
		} else {
			values["sessiond_file_errors errno="+strconv.Itoa(p.ErrCode)]++
		}
	}
	for _, reason := range session.Reasons() {
		values["sessiond_unsettled_files reason="+reason] = 0
	}
	for _, u := range v.Unsettled(nil, 0) {
		values["sessiond_unsettled_files reason="+u.Reason]++
	}
	return values
}

// world draws outcomes of passes that fit what went before.
type world struct {
	store  *store.Store
	passes uint64
}

var worldKeys = func() (keys []session.Key) {
	for app := range 4 {
		for id := range 4 {
			keys = append(keys, session.Key{App: fmt.Sprintf("T.a%d", app), ID: fmt.Sprint(id)})
		}
	}
	return keys
}()

func (w *world) draw(t *rapid.T) session.Outcome {
	w.passes++
	o := session.Outcome{
		Report: session.Report{
			Pass: w.passes, Trigger: rapid.SampledFrom(triggers()).Draw(t, "trigger"),
			Scope: rapid.SampledFrom(scopes()).Draw(t, "scope"), StartedAt: started(), DurationMs: 1,
		},
		NotInMemory: rapid.IntRange(0, 3).Draw(t, "not in memory"),
	}
	for _, key := range drawKeys(t, "changes", worldKeys) {
		w.change(t, &o, key)
	}
	about := append(slices.Clone(worldKeys), session.Key{}, session.Key{App: "T.a1"})
	slices.SortFunc(about, session.Key.Compare)
	for _, key := range drawKeys(t, "problems", about) {
		change := session.Transition[session.ActiveError]{Session: key}
		if problem := rapid.SampledFrom([]*session.Problem{
			nil,
			session.NewProblem(key, session.CodeLocation, ""), session.NewProblem(key, session.CodeToken, ""),
			{ErrCode: 13, ComponentSignature: session.ComponentFile, Session: key},
			{ErrCode: 5, ComponentSignature: session.ComponentFile, Session: key},
		}).Draw(t, "problem"); problem != nil {
			change.Now = &session.ActiveError{Problem: *problem, Since: started()}
		}
		o.Problems = append(o.Problems, change)
	}
	for _, key := range drawKeys(t, "unsettled", about) {
		change := session.Transition[session.Unsettled]{Session: key}
		if reason := rapid.SampledFrom(append(session.Reasons(), "")).Draw(t, "reason"); reason != "" {
			change.Now = &session.Unsettled{Session: key, Since: started(), Reason: reason}
		}
		o.Unsettled = append(o.Unsettled, change)
	}
	return o
}

// drawKeys draws some keys, in order.
func drawKeys(t *rapid.T, what string, from []session.Key) []session.Key {
	keys := rapid.SliceOfNDistinct(rapid.SampledFrom(from), 0, 5, rapid.ID).Draw(t, what)
	slices.SortFunc(keys, session.Key.Compare)
	return keys
}

func (w *world) change(t *rapid.T, o *session.Outcome, key session.Key) {
	e := session.MemoryChange{Kind: session.ChangeAdmitted}
	if had, inMemory := w.store.View().Get(key); inMemory {
		e = session.MemoryChange{Session: had.Session, Kind: rapid.SampledFrom([]session.ChangeKind{session.ChangeUpdated, session.ChangeDeleted}).Draw(t, "kind")}
	}
	if !e.Kind.Removes() {
		e.Session = aSession(key, rapid.SampledFrom([]string{session.StatusAccepted, session.StatusPending}).Draw(t, "status"))
	}
	o.Changes = append(o.Changes, e)
}

func aSession(key session.Key, status string) *session.Session {
	return session.New(key, []byte(`{}`), status, session.Digest{})
}

// What is counted from changes is what a walk through the store comes to.
func TestCountsAreThoseOfTheStore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, w := newMetrics(), &world{store: store.New(started())}
		from := standingOf(m)
		t.Repeat(map[string]func(*rapid.T){
			"pass": func(t *rapid.T) {
				o := w.draw(t)
				before := w.store.View()
				w.store.Apply(o)
				m.Observe(Pass{Outcome: o, Before: before, After: w.store.View(), Applied: started()})
			},
			"": func(t *rapid.T) {
				want := seen(w.store.View())
				got := told(t, from)
				maps.DeleteFunc(got, func(name string, _ float64) bool { return !isStanding(name) })
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("what a walk comes to (-) and what is told (+):\n%s", diff)
				}
			},
		})
	})
}

func isStanding(series string) bool {
	for _, name := range []string{"sessiond_sessions ", "sessiond_apps", "sessiond_rejected", "sessiond_file_errors", "sessiond_unsettled", "sessiond_not_in_memory"} {
		if len(series) >= len(name) && series[:len(name)] == name {
			return true
		}
	}
	return false
}

// aboutSessions takes the name of a series apart.
func aboutSessions(series string) (app, status string, is bool) {
	_, err := fmt.Sscanf(series, "sessiond_sessions app=%s status=%s", &app, &status)
	return app, status, err == nil
}

// However many app folders there are, they make a bounded number of series, and
// no session goes uncounted.
func TestLabelsOfAppsAreBounded(t *testing.T) {
	const limit = 2
	rapid.Check(t, func(t *rapid.T) {
		m, w := newMetrics(), &world{store: store.New(started())}
		m.gauges = newStanding(limit)
		from, before := standingOf(m), map[string]bool{}
		t.Repeat(map[string]func(*rapid.T){
			"pass": func(t *rapid.T) {
				o := w.draw(t)
				before := w.store.View()
				w.store.Apply(o)
				m.Observe(Pass{Outcome: o, Before: before, After: w.store.View(), Applied: started()})
			},
			"": func(t *rapid.T) {
				want, apps := map[string]float64{}, map[string]bool{}
				for series, n := range seen(w.store.View()) {
					if app, status, is := aboutSessions(series); is {
						want[status] += n
						apps[app] = true
					}
				}
				got, labels := map[string]float64{session.StatusAccepted: 0, session.StatusPending: 0}, map[string]bool{}
				for series, n := range told(t, from) {
					if app, status, is := aboutSessions(series); is {
						got[status] += n
						labels[app] = app != otherApps
					}
				}
				delete(labels, otherApps)
				if len(labels) != min(limit, len(apps)) {
					t.Fatalf("%v have a label, of %v, and the limit is %d", labels, apps, limit)
				}
				for app := range before {
					if apps[app] && !labels[app] {
						t.Fatalf("%s has lost its label", app)
					}
				}
				before = labels
				for status, n := range got {
					if n != want[status] {
						t.Fatalf("%v sessions are %s, want %v", n, status, want[status])
					}
				}
			},
		})
	})
}
