package daemon

import (
	"io/fs"
	"os"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/config"
	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// processorsAre sees how many processors Go may use.
func processorsAre(t *testing.T, what string, want int) {
	t.Helper()
	if got := runtime.GOMAXPROCS(0); got != want {
		t.Errorf("%s: %d processors, want %d", what, got, want)
	}
}

func unset(string) (string, bool) { return "", false }

// usually returns how many processors Go uses by itself, at least two, so that one is
// less.
func usually(t *testing.T) int {
	t.Helper()
	t.Cleanup(runtime.SetDefaultGOMAXPROCS)
	runtime.SetDefaultGOMAXPROCS()
	all := runtime.GOMAXPROCS(0)
	if all < 2 {
		t.Fatal("needs two processors")
	}
	return all
}

func TestProcessorsAreShared(t *testing.T) {
	all := usually(t)
	for range 2 { // however often
		p := newProcessors(unset)
		p.begin(true, false)
		processorsAre(t, "in a large pass that nobody reads beside", all)
		for range 2 {
			p.begin(true, true)
		}
		if processorsAre(t, "in a large pass", all+spareProcessors); p.workers != all {
			t.Errorf("%d workers, want %d", p.workers, all)
		}
		p.end()
		processorsAre(t, "after the pass", all)
		p.begin(false, true)
		processorsAre(t, "in a small pass", all)
		p.end()
		p.begin(true, true) // a daemon that ends meanwhile
	}
	t.Setenv("GOMAXPROCS", "3")
	runtime.GOMAXPROCS(3)
	p := newProcessors(os.LookupEnv)
	p.begin(true, true)
	processorsAre(t, "set by hand, in a large pass", 3)
	p.end()
	processorsAre(t, "set by hand", 3)
	readAgain(p, 2*readsInARow)
	if processorsAre(t, "set by hand, with a reader", 3); p.workers != 3 {
		t.Errorf("%d workers, want 3", p.workers)
	}
}

// readAgain has one reader ask so many times.
func readAgain(p *processors, times int) {
	for range times {
		p.read(true)
	}
}

// One reader who asks again and again has one processor; that ends with the first
// who asks besides, with each pass, and with the reader.
func TestOneReader(t *testing.T) {
	all := usually(t)
	for name, end := range map[string]func(*processors){
		"another reader": func(p *processors) { p.read(false) },
		"a pass": func(p *processors) {
			p.begin(false, true)
			processorsAre(t, "in a pass", all)
			p.end()
		},
		"a large pass": func(p *processors) {
			p.begin(true, true)
			processorsAre(t, "in a large pass", all+spareProcessors)
			p.end()
		},
		"nobody reads": func(*processors) { time.Sleep(2 * readsEnd) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProcessors(unset)
				for range 2 {
					readAgain(p, readsInARow-1)
					processorsAre(t, "few reads", all)
					readAgain(p, 1)
					processorsAre(t, "many reads", 1)
					for range 5 { // it goes on
						time.Sleep(readsEnd - time.Nanosecond)
						readAgain(p, 1)
						processorsAre(t, "more reads", 1)
					}
					end(p)
					synctest.Wait()
					processorsAre(t, "afterwards", all)
				}
				time.Sleep(2 * readsEnd) // the timer goes off for the last time
			})
		})
	}
}

// Reads during a pass do not count: it has all processors, and some to spare once
// somebody reads beside a large one.
func TestReadersInAPass(t *testing.T) {
	all := usually(t)
	p := newProcessors(unset)
	for _, again := range []bool{false, true} {
		p.begin(false, true)
		p.read(again)
		processorsAre(t, "in a small pass", all)
		p.end()
		p.begin(true, false)
		processorsAre(t, "in a large pass", all)
		p.read(again)
		processorsAre(t, "in a large pass beside which somebody reads", all+spareProcessors)
		p.end()
	}
	p.begin(true, true)
	readAgain(p, 2*readsInARow)
	p.read(false)
	processorsAre(t, "in a large pass", all+spareProcessors)
	p.end()
	readAgain(p, readsInARow-1)
	processorsAre(t, "after it", all)
	p.read(false)
}

// Where somebody reads, a full pass gives way, and the processors to spare are there
// for a large one; a pass over a few files has neither.
func TestFullPassesShare(t *testing.T) {
	usual := usually(t)
	var told []bool
	var during int
	reads := true
	d := assemble(Options{Settings: config.Settings{Watch: config.WatchOff}, Log: zap.NewNop()}, seen{func() { during = runtime.GOMAXPROCS(0) }}, nil, refresh.SystemClock())
	d.loop.reading = func() bool { return reads }
	d.loop.giveWay = func(now bool) { told = append(told, now) }
	if d.loop.look(refresh.Request{Full: true}); during != usual {
		t.Errorf("%d processors during the first load, usually %d", during, usual)
	}
	for _, test := range []struct {
		req   refresh.Request
		files int
		reads bool
		told  []bool
		spare int
	}{
		{refresh.Request{Full: true}, largePass, true, []bool{true, false}, spareProcessors},
		{refresh.Request{Full: true}, largePass, false, []bool{false, false}, 0},
		{refresh.Request{Full: true}, largePass - 1, true, []bool{true, false}, 0},
		{refresh.Request{Keys: []session.Key{"a.b/c"}}, largePass, true, nil, 0},
	} {
		told, d.loop.files, reads = nil, test.files, test.reads
		d.loop.look(test.req)
		if !slices.Equal(told, test.told) || during != usual+test.spare || runtime.GOMAXPROCS(0) != usual {
			t.Errorf("%+v: told %v; %d processors, then %d; usually %d", test.req, told, during, runtime.GOMAXPROCS(0), usual)
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
