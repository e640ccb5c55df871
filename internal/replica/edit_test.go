package replica

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// executing is an authority whose edits come to their end when it is told.
func executing(end <-chan struct{}) *Executor {
	began := time.Now()
	return NewExecutor(ExecutorConfig{
		Run: 1, Leads: func() bool { return true }, Clock: func() time.Duration { return time.Since(began) }, Now: time.Now,
		Position: func() Position { return Position{} },
		Execute:  func(string, *EditRequest, http.ResponseWriter) { <-end },
	})
}

// asks has a node ask for many edits, and returns how many were not taken.
func asks(x *Executor, node string, first, n int) (busy int) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // nobody waits for an answer
	for i := range n {
		if x.Take(ctx, node, &Edit{ID: strconv.Itoa(first + i), Run: 1, Seen: time.Now(), Request: &EditRequest{}}, 1).Refused == EditBusy {
			busy++
		}
	}
	return busy
}

// A node that asks for more than can be done at once, or for so much that all of it cannot be
// remembered, does not keep others from changing something.
func TestOneNodeLeavesPlaceForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end := make(chan struct{})
		x := executing(end)
		if busy := asks(x, "south", 0, 100); busy != 100-maxRunningOfNode {
			t.Errorf("with all places taken, %d of 100 were not taken", busy)
		}
		if busy := asks(x, "east", 0, 1); busy != 0 {
			t.Error("while one node has many edits, that of another is not taken")
		}
		close(end)
		synctest.Wait()
		for i := 100; i < 100+maxRememberedNode; i++ {
			asks(x, "south", i, 1)
			synctest.Wait()
		}
		if busy := asks(x, "south", 0, maxRunningOfNode+1); busy != 1 {
			t.Errorf("of edits that are remembered and a new one, %d are not taken", busy)
		}
		if busy := asks(x, "east", 1, 1); busy != 0 {
			t.Error("while many edits of one node are remembered, that of another is not taken")
		}
		synctest.Wait()
		time.Sleep(remember + time.Second)
		if busy := asks(x, "south", 0, 1); busy != 0 || len(x.nodes) != 1 || len(x.edits) != 1 {
			t.Errorf("after all were forgotten: %d not taken, %d nodes and %d edits known", busy, len(x.nodes), len(x.edits))
		}
	})
}

// That the right to ask is withdrawn says nothing of what was sent before.
func TestRefusalAfterTheRequestWasSent(t *testing.T) {
	var answers []func() (*Edited, error)
	f := NewForwarder(ForwarderConfig{
		Ask: func(context.Context, *Edit) (*Edited, error) {
			answer := answers[0]
			answers = answers[1:]
			return answer()
		},
		Head: func() *Head { return &Head{Run: 1} }, Clock: func() time.Duration { return 0 }, NewID: func() string { return "1" },
	})
	refused := func() (*Edited, error) { return nil, &RefusedError{Code: RefusedPermission} }
	answers = append(answers, refused)
	if _, err := f.Forward(&EditRequest{}).Next(t.Context()); errors.Is(err, ErrUnknownOutcome) || !isRefusal(err) {
		t.Errorf("refused at once: %v", err)
	}
	answers = append(answers, func() (*Edited, error) { return &Edited{ID: "1", Status: http.StatusOK}, nil }, refused)
	if _, err := f.Forward(&EditRequest{}).Next(t.Context()); !errors.Is(err, ErrUnknownOutcome) {
		t.Errorf("refused while the answer was awaited: %v", err)
	}
}

// An authority that has not published for longer than its lease, as one that was paused, may
// not be one any more: it begins no edit, and answers those that it has made.
func TestEditOfOneThatMayNotLead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leads, executed := true, 0
		began := time.Now()
		x := NewExecutor(ExecutorConfig{
			Run: 1, Leads: func() bool { return leads }, Clock: func() time.Duration { return time.Since(began) }, Now: time.Now,
			Position: func() Position { return Position{} },
			Execute:  func(string, *EditRequest, http.ResponseWriter) { executed++ },
		})
		ask := func(id string) Edited {
			return x.Take(t.Context(), "south", &Edit{ID: id, Run: 1, Seen: time.Now(), Request: &EditRequest{}}, 1)
		}
		ask("1")
		leads = false
		if got := ask("1"); got.Status != http.StatusOK {
			t.Errorf("an edit that was made is answered by %+v", got)
		}
		if got := ask("2"); got.Refused != EditUnsure || executed != 1 {
			t.Errorf("another is answered by %+v, and %d were executed", got, executed)
		}
	})
}
