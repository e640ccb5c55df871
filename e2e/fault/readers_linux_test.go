package fault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

// slowReaders are clients that read an answer at a byte a second.
type slowReaders struct {
	conns []net.Conn
	stop  chan struct{}
	all   sync.WaitGroup
}

// readSlowly has many clients ask for more than a socket holds, and returns when all
// answers have begun.
func (b *besieged) readSlowly(t *testing.T, many int, path string) *slowReaders {
	t.Helper()
	r := &slowReaders{stop: make(chan struct{})}
	for range many {
		conn := b.dial(t)
		_, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: sessiond\r\n\r\n", path)
		harness.Must(t, err)
		r.conns = append(r.conns, conn)
	}
	for _, conn := range r.conns {
		harness.Must(t, conn.SetReadDeadline(time.Now().Add(harness.Patience)))
		_, err := conn.Read(make([]byte, 1))
		harness.Must(t, err)
	}
	r.all.Go(func() {
		second := time.NewTicker(time.Second)
		defer second.Stop()
		for {
			for _, conn := range r.conns {
				_, _ = conn.Read(make([]byte, 1)) // it may be cut off
			}
			select {
			case <-r.stop:
				return
			case <-second.C:
			}
		}
	})
	return r
}

// leave ends them.
func (r *slowReaders) leave() {
	close(r.stop)
	r.all.Wait()
	for _, conn := range r.conns {
		_ = conn.Close()
	}
}

// TestSlowReaders has a thousand clients that read a byte a second of what they asked
// for. Edits are seen and others answered all the while, and what the answers took is
// free again when they leave.
func TestSlowReaders(t *testing.T) {
	t.Parallel()
	const readers, crowd = 1000, 600
	b := &besieged{root: harness.RoomyFolder(t), app: "com.example.a"}
	harness.Fill(t, b.root, b.app, 2)
	harness.Fill(t, b.root, "com.example.crowd", crowd)
	b.Daemon = harness.Setting{Env: []string{"GOGC=25"}}.Launch(t, b.root, "--resync", "0", "--settle", "20ms")
	b.Loads(t, crowd+2)
	before := b.Descriptors(t)
	round := func(edit int) int {
		slow := b.readSlowly(t, readers, "/v1/sessions?limit=1000")
		held := b.Descriptors(t)
		for n := range 3 {
			email := fmt.Sprintf("edit%d-%d@example.com", edit, n)
			harness.Save(t, b.root, harness.NthKey(b.app, 0), email)
			b.Shows(t, harness.NthKey(b.app, 0), email)
			b.FullPass(t)
		}
		if held <= before { // those that have been there for long were cut off
			t.Errorf("the daemon has %d descriptors, want those of readers beside the %d before", held, before)
		}
		slow.leave()
		if !harness.Eventually(func() bool { return b.Descriptors(t) <= before }) {
			t.Error("the daemon keeps the connections of readers that left")
		}
		return b.Memory(t, "VmRSS")
	}
	first := round(1)
	for n := range 3 {
		last := round(2 + n)
		t.Logf("%d MiB after the first readers, %d MiB now", first/mebibyte, last/mebibyte)
		if grown := last - first; n == 2 && grown > first/2 && !harness.UnderRace() {
			t.Errorf("the daemon has grown by %d MiB", grown/mebibyte)
		}
	}
}

// TestStoppedFollowers has many clients follow events, of whom half take none. The
// others are told of everything, in order.
func TestStoppedFollowers(t *testing.T) {
	t.Parallel()
	const followers, crowd = 300, 2000
	b := besiege(t, "--admit", "follow", "--settle", "20ms", "--settle-many", "0")
	harness.Fill(t, b.root, "com.example.crowd", crowd)
	since := b.Loads(t, crowd+2).Revision
	before := b.Descriptors(t)
	var stopped []net.Conn
	for range followers / 2 {
		conn := b.dial(t)
		_, err := io.WriteString(conn, "GET /v1/events HTTP/1.1\r\nHost: sessiond\r\n\r\n")
		harness.Must(t, err)
		_, err = conn.Read(make([]byte, 1)) // it follows now
		harness.Must(t, err)
		stopped = append(stopped, conn)
	}
	last := harness.NthKey(b.app, 1)
	var reading sync.WaitGroup
	for range followers / 2 {
		reading.Go(func() {
			if err := b.followUntil(since, last); err != nil {
				t.Error(err)
			}
		})
	}
	folder, aside := filepath.Join(b.root, "com.example.crowd"), filepath.Join(b.root, ".aside")
	for range 3 { // some 12,000 events: far more than a socket holds
		harness.Must(t, os.Rename(folder, aside))
		b.Loads(t, 2)
		harness.Must(t, os.Rename(aside, folder))
		b.Loads(t, crowd+2)
	}
	harness.Save(t, b.root, last, "last@example.com")
	b.Shows(t, last, "last@example.com")
	reading.Wait()
	for _, conn := range stopped {
		_ = conn.Close()
	}
	if !harness.Eventually(func() bool { return b.Descriptors(t) <= before }) {
		t.Error("the daemon keeps the connections of followers that left")
	}
	harness.Must(t, os.RemoveAll(folder))
	b.Loads(t, 2)
	b.serves(t)
}

// errTold ends the following of events.
var errTold = errors.New("told of what was waited for")

// followUntil follows events with a client of its own until it is told of a session. Where
// it was cut off, since it got no processor for longer than a daemon waits, it goes on from
// where it was: it has to be told of every change all the same.
func (b *besieged) followUntil(since uint64, last session.Key) error {
	fresh := b.AnotherClient()
	defer fresh.Close()
	next := since
	for {
		began := next
		err := fresh.Events(context.Background(), &session.Position{Revision: next}, func(e session.Event) error {
			if e.Revision != next+1 {
				return fmt.Errorf("%w: told of revision %d, want %d", errMissed, e.Revision, next+1)
			}
			next = e.Revision
			if e.Session == last {
				return errTold
			}
			return nil
		})
		switch {
		case errors.Is(err, errTold):
			return nil
		case errors.Is(err, errMissed), next == began: // nor does it go on
			return err
		}
	}
}

// errMissed is that a follower was not told of a change.
var errMissed = errors.New("a change was missed")
