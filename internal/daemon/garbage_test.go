package daemon

import (
	"os"
	"runtime/debug"
	"testing"
)

// After the first load less garbage may gather than by default, unless requests come all the
// time, or somebody set GOGC.
func TestEndLoadSetsThePercentage(t *testing.T) {
	t.Setenv("GOGC", "") // restores it afterwards
	os.Unsetenv("GOGC")
	was := debug.SetGCPercent(100)
	defer debug.SetGCPercent(was)
	endLoad(true)
	if got := debug.SetGCPercent(100); got != 100 {
		t.Errorf("where requests come all the time it was set to %d", got)
	}
	endLoad(false)
	if got := debug.SetGCPercent(100); got != garbagePercent {
		t.Errorf("%d percent, want %d", got, garbagePercent)
	}
	t.Setenv("GOGC", "50")
	endLoad(false)
	if got := debug.SetGCPercent(100); got != 100 {
		t.Errorf("it was set to %d", got)
	}
}
