package store_test

import (
	"fmt"
	"runtime"
	"testing"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// forSizes runs a benchmark on stores of several sizes.
func forSizes(b *testing.B, run func(b *testing.B, s *store.Store, sessions []*session.Session)) {
	for _, size := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("sessions=%d", size), func(b *testing.B) {
			sessions := many(size, "ann@example.com")
			s := applied(pass(1, admits(sessions...)))
			runtime.GC() // of what it took to make them
			b.ReportAllocs()
			b.ResetTimer()
			run(b, s, sessions)
		})
	}
}

func BenchmarkApplyOneChange(b *testing.B) {
	forSizes(b, func(b *testing.B, s *store.Store, sessions []*session.Session) {
		o := pass(2, updates(sessions[len(sessions)/2]))
		for b.Loop() {
			s.Apply(o)
		}
	})
}

func BenchmarkApplyNoChange(b *testing.B) {
	forSizes(b, func(b *testing.B, s *store.Store, _ []*session.Session) {
		o := pass(2)
		for b.Loop() {
			s.Apply(o)
		}
	})
}

func BenchmarkApplyEverything(b *testing.B) {
	for _, size := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("sessions=%d", size), func(b *testing.B) {
			o := pass(1, admits(many(size, "ann@example.com")...))
			b.ReportAllocs()
			for b.Loop() {
				store.New(start).Apply(o)
			}
		})
	}
}

// BenchmarkMemory reports what a store takes for each session after its first
// load, besides the sessions themselves.
func BenchmarkMemory(b *testing.B) {
	for _, size := range []int{50_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("sessions=%d", size), func(b *testing.B) {
			sessions := many(size, "ann@example.com")
			for b.Loop() {
				before := heap()
				s := applied(pass(1, admits(sessions...)))
				b.ReportMetric(float64(heap()-before)/float64(size), "B/session")
				runtime.KeepAlive(s)
			}
		})
	}
}

// heap returns how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers and pools let go of
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkGet(b *testing.B) {
	forSizes(b, func(b *testing.B, s *store.Store, sessions []*session.Session) {
		i := 0
		for b.Loop() {
			if _, ok := s.View().Get(sessions[i%len(sessions)].Key()); !ok {
				b.Fatal("a session is missing")
			}
			i += 7919
		}
	})
}

func BenchmarkSelectPage(b *testing.B) {
	filters := map[string]store.Query{
		"all": {Limit: 100},
		"app": {Filter: session.Filter{App: "TEAM.app5"}, Limit: 100},
	}
	for name, filter := range filters {
		b.Run(name, func(b *testing.B) {
			forSizes(b, func(b *testing.B, s *store.Store, _ []*session.Session) {
				for b.Loop() {
					if page, _ := s.View().Select(filter); len(page) != 100 {
						b.Fatalf("%d sessions", len(page))
					}
				}
			})
		})
	}
}

func BenchmarkSelectEmail(b *testing.B) {
	forSizes(b, func(b *testing.B, s *store.Store, _ []*session.Session) {
		for b.Loop() {
			if page, _ := s.View().Select(store.Query{Filter: session.Filter{Email: "bob@example.com"}}); page != nil {
				b.Fatalf("%d sessions", len(page))
			}
		}
	})
}

func BenchmarkApps(b *testing.B) {
	forSizes(b, func(b *testing.B, s *store.Store, _ []*session.Session) {
		for b.Loop() {
			if apps := s.View().Apps(); len(apps) != 10 {
				b.Fatalf("%d apps", len(apps))
			}
		}
	})
}

// BenchmarkScan is a page of a list that is not in the order of keys.
func BenchmarkScan(b *testing.B) {
	for name, q := range map[string]store.Query{
		"all":   {Limit: 100},
		"words": {Filter: session.Filter{Words: "ann example"}, Limit: 100},
	} {
		b.Run(name, func(b *testing.B) {
			forSizes(b, func(b *testing.B, s *store.Store, _ []*session.Session) {
				for b.Loop() {
					scan := s.View().Scan(q, session.Sort{By: session.SortEmail}, nil)
					for scan.Step(5_000) {
					}
					if page, _ := scan.Page(); len(page) != 100 {
						b.Fatalf("%d sessions", len(page))
					}
				}
			})
		})
	}
}

func BenchmarkDuplicates(b *testing.B) {
	forSizes(b, func(b *testing.B, s *store.Store, _ []*session.Session) {
		for b.Loop() {
			search := s.View().SearchDuplicates()
			for search.Step(5_000) {
			}
			search.Found()
		}
	})
}
