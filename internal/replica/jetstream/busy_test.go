package jetstream

import (
	"context"
	"sync"
	"testing"

	"sessiond/internal/replica"
)

// Where a node has as many messages answered as it may, it is told at once that more are too
// many, and another is answered.
func TestBusy(t *testing.T) {
	s := serve(t)
	end := make(chan struct{})
	taken := takes(t, connected(t, s, "north", authority), func(node string, _ *replica.Edit) replica.Edited {
		if node == "south" {
			<-end
		}
		return replica.Edited{Status: 200}
	})
	south := connected(t, s, "south", follower)
	ask := func(e *Engine) *replica.Edited {
		got, err := e.Edit(context.Background(), &replica.Edit{ID: "1"})
		if err != nil {
			t.Error(err)
			return &replica.Edited{}
		}
		return got
	}
	var waiting sync.WaitGroup
	for range editsOfNode {
		waiting.Go(func() {
			if got := ask(south); got.Status != 200 {
				t.Errorf("one that has a place is answered by %+v", got)
			}
		})
	}
	eventually(t, "full", func() bool { return taken.Load() == editsOfNode })
	if got := ask(south); got.Refused != replica.EditBusy {
		t.Errorf("one too many is answered by %+v", got)
	}
	if got := ask(connected(t, s, "east", follower)); got.Status != 200 {
		t.Errorf("that of another node is answered by %+v", got)
	}
	close(end)
	waiting.Wait()
	if got := ask(south); got.Status != 200 {
		t.Errorf("one that comes later is answered by %+v", got)
	}
}
