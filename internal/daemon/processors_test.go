package daemon

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/config"
	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// sharing is processors whose changes are made when they are asked for.
type sharing struct {
	*processors
	usual int
	gives bool // way
}

func newSharing(t *testing.T) *sharing {
	t.Helper()
	t.Setenv("GOMAXPROCS", "") // restores it afterwards
	os.Unsetenv("GOMAXPROCS")
	t.Cleanup(runtime.SetDefaultGOMAXPROCS)
	s := &sharing{}
	s.processors = newProcessors(os.LookupEnv, func(now bool) { s.gives = now })
	s.usual = runtime.GOMAXPROCS(0)
	return s
}

// are sees how many processors Go may use, once that is applied.
func (s *sharing) are(t *testing.T, what string, want int) {
	t.Helper()
	s.apply()
	if got := runtime.GOMAXPROCS(0); got != want {
		t.Errorf("%s: %d processors, want %d", what, got, want)
	}
}

// readAgain has one reader ask so many times.
func (s *sharing) readAgain(times int) {
	for range times {
		s.read(true)
	}
}

// readLong has one reader ask for as long as it takes to be the only one.
func (s *sharing) readLong() {
	s.readAgain(1)
	time.Sleep(readsFor)
	s.readAgain(readsInARow - 1)
}

func TestProcessorsAreShared(t *testing.T) {
	for range 2 { // however often
		s := newSharing(t)
		if s.workers != s.usual {
			t.Errorf("%d workers, want %d", s.workers, s.usual)
		}
		s.begin(true, true, false)
		s.are(t, "in a large pass that nobody reads beside", s.usual)
		for range 2 {
			s.begin(true, true, true)
			s.are(t, "in a large pass", s.usual+spareProcessors)
		}
		s.end()
		s.are(t, "after the pass", s.usual)
		s.begin(true, false, true)
		s.are(t, "in a small pass", s.usual)
		s.begin(false, true, true)
		s.are(t, "in a pass over some keys", s.usual)
		s.end()
		s.begin(true, true, true) // a daemon that ends meanwhile
		s.are(t, "in a large pass", s.usual+spareProcessors)
	}
}

func TestProcessorsSetByHand(t *testing.T) {
	newSharing(t) // for its end
	t.Setenv("GOMAXPROCS", "3")
	runtime.GOMAXPROCS(3)
	synctest.Test(t, func(t *testing.T) {
		s := &sharing{processors: newProcessors(os.LookupEnv, func(bool) {})}
		s.begin(true, true, true)
		s.are(t, "in a large pass", 3)
		s.end()
		s.readLong()
		if s.are(t, "with a reader", 3); s.workers != 3 {
			t.Errorf("%d workers, want 3", s.workers)
		}
		time.Sleep(2 * readsEnd) // the timer goes off for the last time
	})
}

// One reader who asks again and again has one processor; that ends with the first
// who asks besides, with each pass, and with the reader.
func TestOneReader(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, s *sharing){
		"another reader": func(_ *testing.T, s *sharing) { s.read(false) },
		"a pass": func(t *testing.T, s *sharing) {
			s.begin(false, false, true)
			s.are(t, "in a pass", s.usual)
			s.end()
		},
		"a large pass": func(t *testing.T, s *sharing) {
			s.begin(true, true, true)
			s.are(t, "in a large pass", s.usual+spareProcessors)
			s.end()
		},
		"nobody reads": func(*testing.T, *sharing) { time.Sleep(2 * readsEnd) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSharing(t)
			synctest.Test(t, func(t *testing.T) {
				for range 2 {
					s.readAgain(1)
					time.Sleep(readsFor)
					s.readAgain(readsInARow - 2)
					s.are(t, "few reads", s.usual)
					s.readAgain(1)
					s.are(t, "many reads", 1)
					for range 5 { // it goes on
						time.Sleep(readsEnd - time.Nanosecond)
						s.readAgain(1)
						s.are(t, "more reads", 1)
					}
					end(t, s)
					synctest.Wait()
					s.are(t, "afterwards", s.usual)
				}
				s.readAgain(2 * readsInARow)
				s.are(t, "many reads within a moment", s.usual)
				time.Sleep(2 * readsEnd) // the timer goes off for the last time
			})
		})
	}
}

// Reads during a pass do not count: it has all processors. A full one gives way once
// somebody reads, and a large one has some to spare then.
func TestReadersInAPass(t *testing.T) {
	for _, test := range []struct{ full, large bool }{{false, false}, {true, false}, {true, true}} {
		for _, reading := range []bool{false, true} {
			t.Run(fmt.Sprintf("%+v, reading before: %t", test, reading), func(t *testing.T) {
				s := newSharing(t)
				synctest.Test(t, func(t *testing.T) {
					shared := s.usual
					if test.large {
						shared += spareProcessors
					}
					s.begin(test.full, test.large, reading)
					if reading {
						s.are(t, "in a pass", shared)
					} else {
						s.are(t, "in a pass that nobody reads beside", s.usual)
					}
					if s.gives != (test.full && reading) {
						t.Errorf("gives way: %t", s.gives)
					}
					s.read(false)
					s.are(t, "in a pass beside which somebody reads", shared)
					if s.gives != test.full {
						t.Errorf("gives way once somebody reads: %t", s.gives)
					}
					if test.full {
						s.readLong()
						s.are(t, "in a pass, with one reader", shared)
					}
					s.end()
					if s.gives {
						t.Error("gives way after the pass")
					}
					s.readAgain(1)
					s.are(t, "after it", s.usual)
				})
			})
		}
	}
}

// What is wanted is applied beside who wants it, and nothing of it stays.
func TestProcessorsRun(t *testing.T) {
	s := newSharing(t)
	synctest.Test(t, func(t *testing.T) {
		s.processors = newProcessors(os.LookupEnv, func(bool) {}) // whose channel is in the bubble
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); s.run(ctx) }()
		is := func(what string, want int) {
			t.Helper()
			synctest.Wait()
			if got := runtime.GOMAXPROCS(0); got != want {
				t.Errorf("%s: %d processors, want %d", what, got, want)
			}
		}
		s.readLong()
		is("one reader", 1)
		s.begin(true, true, true)
		is("a large pass", s.usual+spareProcessors)
		cancel()
		<-done
		is("the end", s.usual)
		time.Sleep(2 * readsEnd) // the timer goes off for the last time
	})
}

// A pass is begun as what it is, and ended.
func TestPassesShare(t *testing.T) {
	s := newSharing(t)
	var during int
	var gives bool
	d := assemble(Options{Settings: config.Settings{Watch: config.WatchOff}, Log: zap.NewNop()}, seen{func() {
		s.apply()
		during, gives = runtime.GOMAXPROCS(0), s.gives
	}}, nil, refresh.SystemClock())
	d.loop.share = s.processors
	for _, test := range []struct {
		req   refresh.Request
		files int
		reads bool
		gives bool
		spare int
	}{
		{refresh.Request{Full: true}, 0, true, true, 0},
		{refresh.Request{Full: true}, largePass, true, true, spareProcessors},
		{refresh.Request{Full: true}, largePass, false, false, 0},
		{refresh.Request{Full: true}, largePass - 1, true, true, 0},
		{refresh.Request{Keys: []session.Key{"a.b/c"}}, largePass, true, false, 0},
	} {
		d.loop.reading, d.loop.files = func() bool { return test.reads }, test.files
		d.loop.look(test.req)
		if s.apply(); gives != test.gives || s.gives || during != s.usual+test.spare || runtime.GOMAXPROCS(0) != s.usual {
			t.Errorf("%+v: gives way %t, then %t; %d processors, then %d; usually %d", test, gives, s.gives, during, runtime.GOMAXPROCS(0), s.usual)
		}
	}
}

// One client who asks a daemon again and again has one processor, until another comes.
func TestOneReaderOfADaemon(t *testing.T) {
	usual := newSharing(t).usual
	d := start(t, nil, nil)
	one, other := newAsker(t, d.settings.Socket), newAsker(t, d.settings.Socket)
	for range 2 {
		until(t, "one processor", func() bool {
			one()
			return runtime.GOMAXPROCS(0) == 1
		})
		other()
		until(t, "the usual processors", func() bool { return runtime.GOMAXPROCS(0) == usual })
	}
}

// newAsker returns what asks a daemon for its health, over one connection.
func newAsker(t *testing.T, socket string) func() {
	t.Helper()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return func() {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://sessiond/healthz", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s, %v", answer.Status, err)
		}
	}
}

// seen is a tree that tells when it is opened, which fails.
type seen struct{ opened func() }

func (s seen) Open() (mobileapps.Root, error) {
	s.opened()
	return nil, fs.ErrPermission
}

func (seen) Nearest() (mobileapps.Signature, error) { return mobileapps.Signature{}, fs.ErrPermission }
