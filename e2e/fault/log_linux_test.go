package fault

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/e2e/harness"
)

// passes are so many that their lines do not fit into a pipe of one page.
const passes = 50

// TestLogThatNobodyReads gives daemons a log that nobody reads, as a terminal that was
// stopped or a log shipper that hangs: edits become visible, a refresh is answered, and
// the daemon stops when asked.
func TestLogThatNobodyReads(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"auto", "json", "console"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			harness.Fill(t, root, "com.example.a", 1)
			reader, log, err := os.Pipe()
			harness.Must(t, err)
			t.Cleanup(func() { log.Close(); reader.Close() })
			_, err = unix.FcntlInt(log.Fd(), unix.F_SETPIPE_SZ, os.Getpagesize())
			harness.Must(t, err)
			d := harness.Setting{Log: log}.Launch(t, root, "--resync", "0", "--log-format", format)
			for n := range passes { // each is a line of the log
				email := fmt.Sprintf("%d@example.com", n)
				harness.Save(t, root, harness.NthKey("com.example.a", 0), email)
				d.Shows(t, harness.NthKey("com.example.a", 0), email)
				d.FullPass(t)
			}
		})
	}
}
