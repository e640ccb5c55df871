//go:build unix

package fault

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/client"
)

// TestSocketRemoved removes the files of a running daemon's socket, as the end of a
// login or a cleaner of temporary files does: new clients reach it again, and a second
// daemon is told who holds the socket.
func TestSocketRemoved(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string][]string{"socket": {""}, "lock": {".lock"}, "both": {"", ".lock"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root, socket := t.TempDir(), filepath.Join(harness.ShortFolder(t), "s")
			harness.Fill(t, root, "com.example.a", 3)
			d := harness.Setting{Socket: socket}.Launch(t, root, "--watch", "off", "--resync", "0")
			for range 2 {
				for _, suffix := range gone {
					harness.Must(t, os.Remove(socket+suffix))
				}
				if !harness.Eventually(func() bool {
					return harness.Exists(socket) && harness.Exists(socket+".lock") && answersAt(socket) == d.PID()
				}) {
					t.Fatal("the daemon cannot be reached any more")
				}
			}
			second := harness.Setting{Socket: socket}.Begin(t, root)
			how, err := second.AwaitEnd()
			harness.Must(t, err)
			if how != "1" {
				t.Errorf("a second daemon ended with %s, want 1", how)
			}
			if pid := answersAt(socket); pid != d.PID() {
				t.Errorf("process %d answers, want %d", pid, d.PID())
			}
		})
	}
}

// answersAt returns the process that answers a new client, or 0.
func answersAt(socket string) int {
	c := client.New(socket)
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), harness.Patience)
	defer cancel()
	status, err := c.Status(ctx)
	if err != nil {
		return 0
	}
	return status.PID
}
