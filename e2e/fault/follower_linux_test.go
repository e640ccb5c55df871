package fault

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sessiond/e2e/harness"
)

// TestFollowerThatDoesNotRead has somebody ask for events and never take them: it
// holds up nobody, and is cut off.
func TestFollowerThatDoesNotRead(t *testing.T) {
	t.Parallel()
	const crowd = 2000
	b := besiege(t, "--admit", "follow", "--settle", "20ms", "--settle-many", "0")
	harness.Fill(t, b.root, "com.example.crowd", crowd)
	b.Loads(t, crowd+2)
	before := b.Descriptors(t)
	conn := b.dial(t)
	r, err := http.NewRequest(http.MethodGet, "http://sessiond/v1/events", http.NoBody)
	harness.Must(t, err)
	harness.Must(t, r.Write(conn))

	folder, aside := filepath.Join(b.root, "com.example.crowd"), filepath.Join(b.root, ".aside")
	for range 3 { // some 12,000 events: far more than a socket holds
		harness.Must(t, os.Rename(folder, aside))
		b.Loads(t, 2)
		harness.Must(t, os.Rename(aside, folder))
		b.Loads(t, crowd+2)
	}
	if !harness.Eventually(func() bool { return b.Descriptors(t) <= before }) {
		t.Error("the daemon keeps the connection of a follower that does not read")
	}
	harness.Must(t, conn.SetReadDeadline(time.Now().Add(harness.Patience)))
	if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the follower is not told that it was cut off")
	}
	harness.Must(t, os.RemoveAll(folder))
	b.Loads(t, 2)
	b.serves(t)
}
