package control

import (
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// deadlines notes the deadlines of writing, in seconds from the start.
type deadlines struct {
	net.Conn
	start time.Time
	set   []int
}

func (d *deadlines) Write(p []byte) (int, error) { return len(p), nil }

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	if t.IsZero() {
		d.set = append(d.set, -1)
	} else {
		d.set = append(d.set, int(t.Sub(d.start).Seconds()))
	}
	return nil
}

// A deadline for writing is set anew only once it matters.
func TestWriteDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		noted := &deadlines{start: time.Now()}
		one := &conn{Conn: noted, all: newConns(nil, 1, 0)}
		answer := func() {
			_ = one.SetWriteDeadline(time.Now().Add(16 * time.Second))
			_, _ = one.Write([]byte("answer"))
			_ = one.SetWriteDeadline(time.Time{})
		}
		for range 5 {
			answer() // at 0, 1, 2, 3 and 4 s
			time.Sleep(time.Second)
		}
		_, _ = one.Write([]byte("without a deadline"))
		_, _ = one.Write([]byte("without a deadline"))
		answer()                             // at 5 s
		_ = one.SetWriteDeadline(time.Now()) // sooner, and at once
		if want := []int{16, 18, 20, -1, 21, 5}; !slices.Equal(noted.set, want) {
			t.Errorf("the deadlines were set to %v, want %v", noted.set, want)
		}
	})
}

// Who takes an answer slowly has all of the time, although an earlier deadline was
// still set, and gets each byte once.
func TestWriteDeadlineIsKeptToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, client := pair(t)
		_ = one.SetWriteDeadline(time.Now().Add(16 * time.Second))
		time.Sleep(time.Second)
		_ = one.SetWriteDeadline(time.Now().Add(16 * time.Second))
		got := make(chan string)
		go func() {
			taken := make([]byte, 5)
			_, _ = io.ReadFull(client, taken[:2])
			time.Sleep(15*time.Second + time.Millisecond) // the earlier one has passed
			_, _ = io.ReadFull(client, taken[2:])
			got <- string(taken)
		}()
		begun := time.Now()
		n, err := one.Write([]byte("answer"))
		if took := time.Since(begun); n != 5 || !errors.Is(err, os.ErrDeadlineExceeded) || took != 16*time.Second {
			t.Errorf("%d bytes in %v, %v", n, took, err)
		}
		if text := <-got; text != "answe" {
			t.Errorf("the client got %q", text)
		}
	})
}
