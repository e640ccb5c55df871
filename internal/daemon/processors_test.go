package daemon

import (
	"os"
	"runtime"
	"testing"
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
