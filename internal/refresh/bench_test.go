package refresh_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// filesInFolder is how many sessions an app folder of the benchmarks has.
const filesInFolder = 100

// BenchmarkPass measures passes over a tree at rest on a real disk: over all of
// it, and over one file of it, which must not cost more in a larger tree.
func BenchmarkPass(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		root := b.TempDir()
		for i := range n {
			path := filepath.Join(root, filepath.FromSlash(benchKey(i).String()))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				b.Fatal(err)
			}
			if err := os.WriteFile(path, fmt.Appendf(nil, "valid %590d", i), 0o644); err != nil {
				b.Fatal(err)
			}
		}
		clock := newClock()
		clock.now.Wall = time.Now().Add(48 * time.Hour) // the files are old
		tree := mobileapps.NewDisk(root, 1<<20)
		cfg := refresh.Config{Tree: tree, Judge: judge{}, Settle: settle, Clock: clock.read}
		memory := refresh.New(cfg)
		if got := memory.Pass(refresh.Request{Full: true}).Report.Admitted; got != n {
			b.Fatalf("%d sessions admitted, want %d", got, n)
		}

		run := func(name string, files int, req refresh.Request) {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if got := memory.Pass(req).Report.Unchanged; got != files {
						b.Fatalf("%d unchanged, want %d", got, files)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(files), "ns/file")
			})
		}
		run("full", n, refresh.Request{Full: true})
		run("folder", filesInFolder, refresh.Request{Keys: []session.Key{{App: benchKey(0).App}}})
		run("file", 1, refresh.Request{Keys: []session.Key{benchKey(n / 2)}})
		b.Run(fmt.Sprintf("startup/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				refresh.New(cfg).Pass(refresh.Request{Full: true})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/file")
		})
	}
}

func benchKey(i int) session.Key {
	return session.Key{App: fmt.Sprintf("TEAM.com.example.app%d", i/filesInFolder), ID: fmt.Sprintf("%040x", i)}
}
