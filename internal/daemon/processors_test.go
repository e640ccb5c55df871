package daemon

import (
	"io/fs"
	"os"
	"runtime"
	"slices"
	"testing"

	"go.uber.org/zap"

	"sessiond/internal/config"
	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

func TestProcessorsAreShared(t *testing.T) {
	t.Cleanup(runtime.SetDefaultGOMAXPROCS)
	unset := func(string) (string, bool) { return "", false }
	runtime.SetDefaultGOMAXPROCS()
	all := runtime.GOMAXPROCS(0)
	for range 2 { // however often
		p := newProcessors(unset)
		for range 2 {
			p.widen()
		}
		if got := runtime.GOMAXPROCS(0); p.workers != all || got != all+spareProcessors {
			t.Errorf("%d workers of %d, want %d of %d", p.workers, got, all, all+spareProcessors)
		}
		p.narrow()
		if got := runtime.GOMAXPROCS(0); got != all {
			t.Errorf("%d after the pass, want %d", got, all)
		}
		p.widen() // a daemon that ends meanwhile
	}
	t.Setenv("GOMAXPROCS", "3")
	runtime.GOMAXPROCS(3)
	p := newProcessors(os.LookupEnv)
	for _, change := range []func(){p.widen, p.narrow} {
		change()
		if got := runtime.GOMAXPROCS(0); p.workers != 3 || got != 3 {
			t.Errorf("%d workers of %d, want 3 of 3", p.workers, got)
		}
	}
}

// A full pass gives way, and the processors to spare are there for a large one; a
// pass over a few files has neither.
func TestFullPassesShare(t *testing.T) {
	t.Cleanup(runtime.SetDefaultGOMAXPROCS)
	runtime.SetDefaultGOMAXPROCS()
	usual := runtime.GOMAXPROCS(0)
	var told []bool
	var during int
	d := assemble(Options{Settings: config.Settings{Watch: config.WatchOff}, Log: zap.NewNop()}, seen{func() { during = runtime.GOMAXPROCS(0) }}, nil, refresh.SystemClock())
	d.loop.giveWay = func(full bool) { told = append(told, full) }
	if d.loop.look(refresh.Request{Full: true}); during != usual {
		t.Errorf("%d processors during the first load, usually %d", during, usual)
	}
	for _, test := range []struct {
		req   refresh.Request
		files int
		told  []bool
		spare int
	}{
		{refresh.Request{Full: true}, largePass, []bool{true, false}, spareProcessors},
		{refresh.Request{Full: true}, largePass - 1, []bool{true, false}, 0},
		{refresh.Request{Keys: []session.Key{"a.b/c"}}, largePass, nil, 0},
	} {
		told, d.loop.files = nil, test.files
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
