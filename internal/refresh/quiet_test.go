//go:build !race

package refresh_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
)

// TestQuietFoldersLeaveLittle bounds what a full pass allocates for each app folder in
// which nothing changed: there may be tens of thousands. The race detector has pools drop
// what they hold, so that there is nothing to bound with it.
func TestQuietFoldersLeaveLittle(t *testing.T) {
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	allocations := func(folders int) float64 {
		root := t.TempDir()
		for i := range folders {
			dir := filepath.Join(root, fmt.Sprintf("com.example.n%d", i))
			must(t, os.Mkdir(dir, 0o755))
			for j := range 5 {
				must(t, os.WriteFile(filepath.Join(dir, fmt.Sprint(j)), []byte("valid"), 0o644))
			}
		}
		clock := newClock()
		clock.now.Wall = time.Now().Add(48 * time.Hour) // the files are old
		memory := refresh.New(refresh.Config{
			Tree: mobileapps.NewDisk(root, 1<<20), Judge: judge{}, Settle: settle, Clock: clock.read, Workers: 1,
		})
		full := refresh.Request{Full: true}
		if got := memory.Pass(full).Report.Admitted; got != 5*folders {
			t.Fatalf("%d sessions admitted, want %d", got, 5*folders)
		}
		return testing.AllocsPerRun(10, func() { memory.Pass(full) })
	}
	few, many := allocations(20), allocations(220)
	if each := (many - few) / 200; each > 9 {
		t.Errorf("%v allocations for each folder, want 9 at most", each)
	}
}
