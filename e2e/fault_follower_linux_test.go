package e2e

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestFollowerThatDoesNotRead has somebody ask for events and never take them: it
// holds up nobody, and is cut off.
func TestFollowerThatDoesNotRead(t *testing.T) {
	t.Parallel()
	const crowd = 2000
	b := besiege(t, "--admit", "follow", "--settle", "20ms")
	fill(t, b.root, "com.example.crowd", crowd)
	b.loads(t, crowd+2)
	before := b.descriptors(t)
	conn := b.dial(t)
	r, err := http.NewRequest(http.MethodGet, "http://sessiond/v1/events", http.NoBody)
	must(t, err)
	must(t, r.Write(conn))

	folder, aside := filepath.Join(b.root, "com.example.crowd"), filepath.Join(b.root, ".aside")
	for range 3 { // some 12,000 events: far more than a socket holds
		must(t, os.Rename(folder, aside))
		b.loads(t, 2)
		must(t, os.Rename(aside, folder))
		b.loads(t, crowd+2)
	}
	if !eventually(func() bool { return b.descriptors(t) <= before }) {
		t.Error("the daemon keeps the connection of a follower that does not read")
	}
	must(t, conn.SetReadDeadline(time.Now().Add(patience)))
	if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the follower is not told that it was cut off")
	}
	must(t, os.RemoveAll(folder))
	b.loads(t, 2)
	b.serves(t)
}
