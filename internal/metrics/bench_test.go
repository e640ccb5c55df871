package metrics

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// loaded is the first load of so many sessions in ten app folders.
func loaded(size int) session.Outcome {
	o := session.Outcome{Report: session.Report{Trigger: session.TriggerStartup, Scope: session.ScopeFull}}
	for i := range size {
		key := session.Key{App: fmt.Sprintf("TEAM.app%d", i*10/size), ID: fmt.Sprintf("%040x", i)}
		o.Changes = append(o.Changes, session.MemoryChange{Session: aSession(key, session.StatusAccepted), Kind: session.ChangeAdmitted})
	}
	return o
}

func forSizes(b *testing.B, run func(b *testing.B, o session.Outcome, s *store.Store, m *Metrics)) {
	for _, size := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprintf("sessions=%d", size), func(b *testing.B) {
			o, s, m := loaded(size), store.New(started()), newMetrics()
			empty := s.View()
			s.Apply(o)
			m.Observe(Pass{Outcome: o, Before: empty, After: s.View(), Applied: started()})
			b.ReportAllocs()
			run(b, o, s, m)
		})
	}
}

func BenchmarkScrape(b *testing.B) {
	forSizes(b, func(b *testing.B, _ session.Outcome, _ *store.Store, m *Metrics) {
		handler := m.Handler()
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/metrics", http.NoBody)
		for b.Loop() {
			handler.ServeHTTP(httptest.NewRecorder(), r)
		}
	})
}

func BenchmarkObserveOneChange(b *testing.B) {
	forSizes(b, func(b *testing.B, o session.Outcome, s *store.Store, m *Metrics) {
		one := session.Outcome{
			Report:  session.Report{Trigger: session.TriggerWatch, Scope: session.ScopeFiles},
			Changes: []session.MemoryChange{{Session: o.Changes[len(o.Changes)/2].Session, Kind: session.ChangeUpdated}},
		}
		for b.Loop() {
			m.Observe(Pass{Outcome: one, Before: s.View(), After: s.View(), Applied: started()})
		}
	})
}

func BenchmarkObserveFirstLoad(b *testing.B) {
	forSizes(b, func(b *testing.B, o session.Outcome, s *store.Store, _ *Metrics) {
		empty := store.New(started()).View()
		for b.Loop() {
			newMetrics().Observe(Pass{Outcome: o, Before: empty, After: s.View(), Applied: started()})
		}
	})
}
