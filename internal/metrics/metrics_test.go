package metrics

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
	"sessiond/internal/store"
)

var update = flag.Bool("update", false, "write the table of docs/METRICS.md again")

// A pass in which everything happened at once.
func eventful(t *testing.T, m *Metrics) *store.Store {
	t.Helper()
	const app = "UTT7VDX8W5.com.contactApp.Contact"
	accepted := session.Key{App: app, ID: "7023d9205074199d1c16fc00d24354e778137675"}
	pending := session.Key{App: app, ID: "8123d9205074199d1c16fc00d24354e778137675"}
	shut := session.Key{App: "com.example.shut"}
	s := store.New(started())
	for _, o := range []session.Outcome{
		{
			Report: session.Report{Trigger: session.TriggerStartup, Scope: session.ScopeFull, DurationMs: 20},
			Changes: []session.MemoryChange{
				{Session: aSession(accepted, session.StatusAccepted), Kind: session.ChangeAdmitted},
				{Session: aSession(pending, session.StatusPending), Kind: session.ChangeAdmitted},
			},
		},
		{
			Report: session.Report{
				Trigger: session.TriggerWatch, Scope: session.ScopeFiles, DurationMs: 2,
				Counts:    session.Counts{Rejected: 1},
				Unsettled: []session.Unsettled{{Session: shut, Reason: session.ReasonUnreadable}},
			},
			Changes: []session.MemoryChange{{Session: sessiontest.At(accepted), Kind: session.ChangeInvalid}},
			Problems: []session.Transition[session.ActiveError]{
				{Session: accepted, Now: &session.ActiveError{
					Problem: *session.NewProblem(accepted, session.CodeSyntax, "line 1"),
				}},
				{Session: shut, Now: &session.ActiveError{
					Problem: session.Problem{ErrCode: 13, ComponentSignature: session.ComponentFile, Session: shut},
				}},
			},
			Unsettled: []session.Transition[session.Unsettled]{
				{Session: shut, Now: &session.Unsettled{Reason: session.ReasonUnreadable}},
			},
			NotInMemory: 12,
		},
	} {
		before := s.View()
		s.Apply(o)
		m.Observe(Pass{
			Outcome: o, Before: before, After: s.View(),
			Since:   started(),
			Applied: started().Add(3 * time.Millisecond),
		})
	}
	return s
}

// scrape returns what a client of the handler gets.
func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	got := httptest.NewRecorder()
	m.Handler().ServeHTTP(got, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	if got.Code != http.StatusOK {
		t.Fatalf("status %d: %s", got.Code, got.Body)
	}
	return got.Body.String()
}

func TestEverythingIsTold(t *testing.T) {
	m := newMetrics()
	young := told(t, m.registry)
	for series, want := range map[string]float64{
		"sessiond_ready": 0,
		"sessiond_last_success_timestamp_seconds scope=full":                    0,
		"sessiond_passes_total outcome=ok trigger=startup":                      0,
		"sessiond_events_total action=removed reason=deleted trigger=watch":     0,
		"sessiond_pass_duration_seconds scope=full":                             0,
		"sessiond_edit_visible_seconds":                                         0,
		"sessiond_build_info goversion=" + runtime.Version() + " version=1.2.3": 1,
		"sessiond_resync_interval_seconds":                                      300,
		"sessiond_watch_mode mode=events":                                       1,
		"sessiond_watch_mode mode=poll":                                         0,
		"sessiond_watch_mode mode=off":                                          0,
		"sessiond_watch_degraded":                                               0,
		"sessiond_watches":                                                      3,
		"sessiond_watch_overflows_total":                                        2,
		"sessiond_followers":                                                    4,
		"sessiond_connections":                                                  5,
		"sessiond_log_lines_lost_total":                                         6,
		"sessiond_checks_total result=unavailable":                              0,
		"sessiond_check_seconds":                                                0,
		"sessiond_check_looks":                                                  7,
		"sessiond_seen_since_timestamp_seconds":                                 float64(started().Unix()),
		"sessiond_seen_age_seconds":                                             3,
		"sessiond_never_seen_sessions":                                          8,
		"sessiond_licences":                                                     9,
		"sessiond_notifications_total result=failed":                            0,
		"sessiond_notify_pending":                                               1,
		"sessiond_notify_last_success_timestamp_seconds":                        7,
	} {
		if got, ok := young[series]; !ok || got != want {
			t.Errorf("before the first pass, %s is %v (there: %t), want %v", series, got, ok, want)
		}
	}
	eventful(t, m)
	m.Checked("accepted", time.Microsecond)
	at := float64(started().UnixMilli()+3) / 1000
	now := told(t, m.registry)
	for series, want := range map[string]float64{
		"sessiond_ready": 1,
		"sessiond_sessions app=UTT7VDX8W5.com.contactApp.Contact status=accepted": 0,
		"sessiond_sessions app=UTT7VDX8W5.com.contactApp.Contact status=pending":  1,
		"sessiond_rejected_files code=2":                                          1,
		"sessiond_file_errors errno=13":                                           1,
		"sessiond_unsettled_files reason=unreadable":                              1,
		"sessiond_not_in_memory_files":                                            12,
		"sessiond_passes_total outcome=ok trigger=startup":                        1,
		"sessiond_passes_total outcome=unreadable trigger=watch":                  1,
		"sessiond_events_total action=admitted reason= trigger=startup":           2,
		"sessiond_events_total action=removed reason=invalid trigger=watch":       1,
		"sessiond_pass_duration_seconds scope=files":                              1,
		"sessiond_edit_visible_seconds":                                           3,
		"sessiond_checks_total result=accepted":                                   1,
		"sessiond_check_seconds":                                                  1,
		"sessiond_last_pass_timestamp_seconds scope=full":                         at,
		"sessiond_last_pass_timestamp_seconds scope=files":                        at,
		"sessiond_last_success_timestamp_seconds scope=full":                      at,
		"sessiond_last_success_timestamp_seconds scope=files":                     0,
	} {
		if got, ok := now[series]; !ok || got != want {
			t.Errorf("%s is %v (there: %t), want %v", series, got, ok, want)
		}
	}
}

// A whole key is enough to make a token.
func TestNoSessionIsNamed(t *testing.T) {
	m := newMetrics()
	eventful(t, m)
	text := scrape(t, m)
	for _, secret := range []string{"7023d920", "8123d920", "line 1"} {
		if strings.Contains(text, secret) {
			t.Errorf("a scrape tells %q", secret)
		}
	}
	if !strings.Contains(text, `sessiond_sessions{app="UTT7VDX8W5.com.contactApp.Contact",status="pending"} 1`) {
		t.Error("a scrape does not tell of the session at all")
	}
}

func TestOutcomeOfAPass(t *testing.T) {
	moving := session.Unsettled{Reason: session.ReasonInMotion}
	shut := session.Unsettled{Reason: session.ReasonUnreadable}
	for want, r := range map[string]session.Report{
		outcomeOK:         {Counts: session.Counts{Updated: 3, Removed: 2}},
		outcomeInMotion:   {Unsettled: []session.Unsettled{moving}},
		outcomeRejected:   {Counts: session.Counts{Rejected: 1}, Unsettled: []session.Unsettled{moving}},
		outcomeUnreadable: {Counts: session.Counts{Rejected: 1}, Unsettled: []session.Unsettled{moving, shut}},
	} {
		if got := outcomeOf(&r); got != want {
			t.Errorf("%+v is %q, want %q", r, got, want)
		}
	}
}

const (
	reference  = "../../docs/METRICS.md"
	tableBegin = "<!-- metrics: begin -->\n"
	tableEnd   = "<!-- metrics: end -->\n"
)

// The table of docs/METRICS.md is that of the registry; go test -update writes it.
func TestReference(t *testing.T) {
	m := newMetrics()
	eventful(t, m)
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("\n| metric | kind | labels | tells |\n|---|---|---|---|\n")
	for _, family := range families {
		if !strings.HasPrefix(family.GetName(), "sessiond_") {
			continue // the libraries' own
		}
		var labels []string
		for _, label := range family.GetMetric()[0].GetLabel() {
			labels = append(labels, "`"+label.GetName()+"`")
		}
		slices.Sort(labels)
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s |\n",
			family.GetName(), strings.ToLower(family.GetType().String()), strings.Join(labels, ", "), family.GetHelp())
	}
	table.WriteString("\n")

	text, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, began := bytes.Cut(text, []byte(tableBegin))
	got, tail, ended := bytes.Cut(rest, []byte(tableEnd))
	if !began || !ended {
		t.Fatal("the table's marks are missing")
	}
	if *update {
		whole := slices.Concat(head, []byte(tableBegin+table.String()+tableEnd), tail)
		if err := os.WriteFile(reference, whole, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(table.String(), string(got)); diff != "" {
		t.Errorf("the table of %s is not that of the registry (go test -update writes it):\n%s", reference, diff)
	}
}
