//go:build gateways && root

package gateways

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sessiond/e2e/harness"
)

// The disk of the root is unmounted while apps ask, and the daemon is restarted without it:
// who is in memory is let through, about all others nothing is known, and nobody is told
// to log in again.
func TestUnmount(t *testing.T) {
	for _, p := range programs() {
		t.Run(p.name, func(t *testing.T) {
			harness.PrivateMounts(t)
			disk := filepath.Join(harness.ShortFolder(t), "disk")
			harness.Must(t, os.Mkdir(disk, 0o755))
			w := newWorld(t, p, func(root string) {
				harness.Must(t, os.MkdirAll(root, 0o755))
				harness.Bind(t, disk, root)
			})
			// What 4D writes while nobody sees the disk.
			key := harness.KeyOf(app, "late")
			content := harness.NewContent(key)

			ctx, cancel := context.WithCancel(t.Context())
			var asking sync.WaitGroup
			defer asking.Wait()
			defer cancel()
			for _, name := range []string{"anna", "late"} {
				asking.Go(func() {
					every := time.NewTicker(time.Second / 50)
					defer every.Stop()
					for ctx.Err() == nil {
						<-every.C
						if name == "late" {
							if _, err := os.Stat(harness.FileOf(disk, key)); err != nil {
								continue // 401 is right: there is no such session yet
							}
						}
						if got := w.ask(t, http.MethodGet, entity, name, "", nil); got.status < 500 && got.status != http.StatusOK {
							t.Errorf("%s is told %d %s", name, got.status, got.body)
						}
					}
				})
			}
			becomes := func(when, name string, status int) {
				t.Helper()
				if !harness.Eventually(func() bool { return w.ask(t, http.MethodGet, entity, name, "", nil).status == status }) {
					t.Fatalf("%s, %s is not told %d", when, name, status)
				}
			}
			becomes("at the start", "anna", http.StatusOK)
			harness.Must(t, harness.Detach(w.root))
			harness.Must(t, harness.Replace(harness.FileOf(disk, key), content.Bytes()))
			for range 20 {
				becomes("without the disk", "anna", http.StatusOK)
				becomes("without the disk", "late", http.StatusServiceUnavailable)
			}
			harness.Must(t, w.daemon.Stop())
			w.launch(t)
			for range 20 {
				becomes("started without the disk", "anna", http.StatusServiceUnavailable)
			}
			harness.Must(t, harness.BindTo(disk, w.root))
			becomes("with the disk again", "anna", http.StatusOK)
			becomes("with the disk again", "late", http.StatusOK)
		})
	}
}
