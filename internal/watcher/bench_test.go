package watcher

import (
	"testing"

	"go.uber.org/zap"
)

// benchmarked returns a Watcher of a root and of one app folder, with their
// watches.
func benchmarked(b *testing.B) *Watcher {
	b.Helper()
	root := b.TempDir()
	mkdir(b, root, "a.one")
	w := New(Config{
		Root: root, Mode: Auto,
		Debounce: testDelay, DebounceMax: testLongest, Poll: never,
		Interest: interesting,
		Log:      zap.NewNop(),
	}, func(Change) {})
	w.Renew("")
	w.Renew("a.one")
	w.Verify()
	b.Cleanup(w.end)
	return w
}

// BenchmarkRenew is what watching adds to a pass for each app folder that is as
// it was.
func BenchmarkRenew(b *testing.B) {
	w := benchmarked(b)
	b.ReportAllocs()
	for b.Loop() {
		w.Renew("a.one")
	}
}

// BenchmarkRenewBySeveral is the same where a pass looks at several folders at a
// time.
func BenchmarkRenewBySeveral(b *testing.B) {
	w := benchmarked(b)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			w.Renew("a.one")
		}
	})
}

// BenchmarkVerify is what watching adds to each pass at its end.
func BenchmarkVerify(b *testing.B) {
	w := benchmarked(b)
	b.ReportAllocs()
	for b.Loop() {
		w.Verify()
	}
}
