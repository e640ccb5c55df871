//go:build root

package faultroot

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"sessiond/e2e/harness"
)

// TestJournalThatNobodyReads has a daemon log to a journal that is stuck: edits become
// visible, a refresh is answered, and the daemon stops when asked.
func TestJournalThatNobodyReads(t *testing.T) {
	harness.PrivateMounts(t)
	const journal = "/run/systemd/journal"
	harness.MountMemory(t, "/run", "")
	harness.Must(t, os.MkdirAll(journal, 0o755))
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(journal, "socket"), Net: "unixgram"})
	harness.Must(t, err)
	t.Cleanup(func() { conn.Close() })

	root := t.TempDir()
	harness.Fill(t, root, "com.example.a", 2)
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	harness.Must(t, err)
	defer log.Close()
	info, err := log.Stat()
	harness.Must(t, err)
	stat := info.Sys().(*syscall.Stat_t)
	d := harness.Setting{Log: log, Env: []string{fmt.Sprintf("JOURNAL_STREAM=%d:%d", stat.Dev, stat.Ino)}}.Launch(t, root, "--resync", "0")
	line := make([]byte, 64<<10)
	n, err := conn.Read(line) // the daemon takes it for the journal
	if err != nil || n == 0 {
		t.Fatalf("the journal got %d bytes, %v", n, err)
	}
	// More than the socket of a journal keeps, which is 512 datagrams on most systems.
	for n := range 600 {
		d.FullPass(t)
		if n%30 == 0 {
			mustSee(t, d, root, fmt.Sprintf("%d@example.com", n))
		}
	}
}
