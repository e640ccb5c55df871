//go:build unix

package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// launch starts a daemon over a root for a test in Go. When the test ends, it
// must stop when asked; its log is shown where the test failed.
func launch(t testing.TB, root string, args ...string) *daemon {
	t.Helper()
	short, err := os.MkdirTemp("", "sd")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(short) })
	stderr, err := os.Create(filepath.Join(short, "log"))
	must(t, err)
	t.Cleanup(func() { stderr.Close() })

	socket := filepath.Join(short, "s")
	at := setting{folder: short, socket: socket, stderr: stderr, env: []string{
		"HOME=" + short, "SESSIOND_SOCKET=" + socket, "SESSIOND_CONFIG=" + os.DevNull, "GORACE=" + os.Getenv("GORACE"),
	}}
	d, err := at.start(append([]string{"--root", root}, args...)...)
	must(t, err)
	t.Cleanup(func() {
		if err := d.stop(); err != nil {
			t.Error(err)
		}
		d.kill()
		if t.Failed() {
			log, err := os.ReadFile(stderr.Name())
			t.Logf("the log of sessiond run %v (%v):\n%s", args, err, log)
		}
	})
	must(t, d.awaitReady())
	return d
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
