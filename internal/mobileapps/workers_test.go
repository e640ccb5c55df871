package mobileapps

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// Many workers and calls that take any time around the patience, some of which
// return in the very moment they are given up.
func TestManyWorkers(t *testing.T) {
	for seed := range uint64(20) {
		bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
			var mu sync.Mutex
			random := rand.New(rand.NewPCG(seed, 0))
			sleep := func() {
				mu.Lock()
				d := patience / 4 * time.Duration(random.IntN(8))
				mu.Unlock()
				time.Sleep(d)
			}
			content := "content"
			for _, app := range []string{"a.a", "b.b", "c.c", "d.d"} {
				tree.do("open "+app, sleep)
				tree.do("close "+app, sleep)
				tree.do("list "+app, sleep)
				for id := range 20 {
					tree.edit(fmt.Sprintf("%s/%d", app, id), &content)
					tree.do(fmt.Sprintf("stat %s/%d", app, id), sleep)
					tree.do(fmt.Sprintf("read %s/%d", app, id), sleep)
				}
			}
			for range 3 {
				manyWorkersPass(t, b)
				time.Sleep(4 * patience) // all have returned
			}
			settle()
			if left := left(b, "a.a", "b.b", "c.c", "d.d"); len(left) > 0 {
				t.Errorf("seed %d: %q are left alone", seed, left)
			}
			tree.checkClosed(t)
		})
	}
}

func manyWorkersPass(t *testing.T, b *Bounded) {
	root, err := b.Open()
	if err != nil {
		t.Error(err)
		return
	}
	defer root.Close()
	var wg sync.WaitGroup
	for _, app := range []string{"a.a", "b.b", "c.c", "d.d"} {
		wg.Go(func() {
			folder, err := root.Open(app)
			if err != nil {
				return
			}
			defer folder.Close()
			_, _ = folder.Next(8)
			for id := range 20 {
				_, _ = folder.Stat(fmt.Sprint(id))
				if c, err := folder.Read(fmt.Sprint(id)); err == nil && string(c.Data) != "content" {
					t.Errorf("read %q", c.Data)
				}
			}
		})
	}
	wg.Wait()
}
