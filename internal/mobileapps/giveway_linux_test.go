package mobileapps

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// nicenessOf returns the niceness of the calling thread.
func nicenessOf(t *testing.T) int {
	t.Helper()
	counted, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err != nil {
		t.Error(err)
	}
	return 20 - counted
}

// nicenesses returns how many threads of the process have which niceness.
func nicenesses(t *testing.T) map[int]int {
	t.Helper()
	threads, err := filepath.Glob("/proc/self/task/*/stat")
	must(t, err)
	found := make(map[int]int)
	for _, thread := range threads {
		stat, err := os.ReadFile(thread)
		if err != nil {
			continue // it has ended
		}
		_, fields, _ := strings.Cut(string(stat), ") ")
		nice, err := strconv.Atoi(strings.Fields(fields)[16])
		must(t, err)
		found[nice]++
	}
	return found
}

// Only many calls are made with a low priority, only if that was asked for, and
// no thread keeps it.
func TestGiveWay(t *testing.T) {
	usual := nicenessOf(t)
	lowest := min(usual+niceness, 19)
	if !mayGiveWay() {
		t.Log("threads stay as they are here: neither RLIMIT_NICE nor CAP_SYS_NICE allows to raise a priority")
		lowest = usual
	}
	for _, test := range []struct {
		giveWay bool
		files   int
		want    int
	}{
		{false, 10 * fewCalls, usual},
		{true, fewCalls, usual},
		{true, 10 * fewCalls, lowest},
	} {
		t.Run(fmt.Sprint(test.giveWay, test.files), func(t *testing.T) {
			tree := newFakeTree(map[string]string{})
			b := NewBounded(tree, 0)
			b.GiveWay(test.giveWay)
			var mu sync.Mutex
			seen := map[string]map[int]int{"stat": {}, "read": {}}
			batch := numbered(test.files)
			for i := range test.files {
				for _, what := range []string{"stat", "read"} {
					tree.do(fmt.Sprintf("%s a.b/%d", what, i), func() {
						mu.Lock()
						defer mu.Unlock()
						seen[what][nicenessOf(t)]++
					})
				}
			}
			root, folder := open(t, b, "a.b")
			Look(folder, batch, all(batch))
			Read(folder, batch, all(batch), func(int, Content, error) {})
			if looks := seen["stat"]; looks[test.want] != test.files {
				t.Errorf("looks by niceness: %v, want %d with %d", looks, test.files, test.want)
			}
			if seen["read"][usual] != test.files {
				t.Errorf("reads by niceness: %v, want %d with %d", seen["read"], test.files, usual)
			}
			folder.Close()
			root.Close()
			if left := nicenesses(t); len(left) != 1 || left[usual] == 0 {
				t.Errorf("threads by niceness: %v, want %d only", left, usual)
			}
		})
	}
}

// The thread of a call that hung gets its priority back when the call returns.
func TestGiveWayOfAHungCall(t *testing.T) {
	usual := nicenessOf(t)
	tree := newFakeTree(map[string]string{})
	b := NewBounded(tree, leastPatience)
	b.GiveWay(true)
	goOn := tree.hang("stat a.b/5")
	batch := numbered(2 * fewCalls)
	root, folder := open(t, b, "a.b")
	Look(folder, batch, all(batch))
	if hung := batch.Entry(5).Err; hung != errHung { //nolint:errorlint // no other
		t.Errorf("the call that hangs: %v", hung)
	}
	goOn()
	folder.Close()
	root.Close()
	promptly(t, "the call that hung returns", func() {
		for stuck(b) > 0 || len(nicenesses(t)) > 1 {
			continue
		}
	})
	if left := nicenesses(t); left[usual] == 0 {
		t.Errorf("threads by niceness: %v, want %d only", left, usual)
	}
}

// Where something hung, what waits for the processor must not seem to.
func TestGiveWayEndsWithPatience(t *testing.T) {
	usual := nicenessOf(t)
	tree := newFakeTree(map[string]string{})
	b := NewBounded(tree, leastPatience)
	b.GiveWay(true)
	root, folder := open(t, b, "a.b")
	goOn := tree.hang("stat a.b/hangs")
	if _, err := folder.Stat("hangs"); err != errHung { //nolint:errorlint // no other
		t.Errorf("the call that hangs: %v", err)
	}
	batch := numbered(2 * fewCalls)
	for i := range batch.Len() {
		tree.do(fmt.Sprintf("stat a.b/%d", i), func() {
			if now := nicenessOf(t); now != usual {
				t.Errorf("a look with niceness %d, want %d", now, usual)
			}
		})
	}
	Look(folder, batch, all(batch))
	goOn()
	folder.Close()
	root.Close()
	promptly(t, "the call that hung returns", func() {
		for stuck(b) > 0 {
			continue
		}
	})
}
