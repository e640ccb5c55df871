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
		if workers := shareProcessors(unset); workers != all || runtime.GOMAXPROCS(0) != all+spareProcessors {
			t.Errorf("%d workers of %d, want %d of %d", workers, runtime.GOMAXPROCS(0), all, all+spareProcessors)
		}
	}
	t.Setenv("GOMAXPROCS", "3")
	runtime.GOMAXPROCS(3)
	if workers := shareProcessors(os.LookupEnv); workers != 3 || runtime.GOMAXPROCS(0) != 3 {
		t.Errorf("%d workers of %d, want 3 of 3", workers, runtime.GOMAXPROCS(0))
	}
}
