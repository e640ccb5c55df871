//go:build unix

package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"

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
			root, socket := t.TempDir(), filepath.Join(shortFolder(t), "s")
			fill(t, root, "com.example.a", 3)
			d := setting{socket: socket}.launch(t, root, "--watch", "off", "--resync", "0")
			for range 2 {
				for _, suffix := range gone {
					must(t, os.Remove(socket+suffix))
				}
				if !eventually(func() bool { return exists(socket) && exists(socket+".lock") && answersAt(socket) == d.pid() }) {
					t.Fatal("the daemon cannot be reached any more")
				}
			}
			second := setting{socket: socket}.begin(t, root)
			how, err := second.awaitEnd()
			must(t, err)
			if how != "1" {
				t.Errorf("a second daemon ended with %s, want 1", how)
			}
			if pid := answersAt(socket); pid != d.pid() {
				t.Errorf("process %d answers, want %d", pid, d.pid())
			}
		})
	}
}

// answersAt returns the process that answers a new client, or 0.
func answersAt(socket string) int {
	c := client.New(socket)
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	status, err := c.Status(ctx)
	if err != nil {
		return 0
	}
	return status.PID
}
