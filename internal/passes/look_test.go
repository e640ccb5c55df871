package passes

import (
	"os"
	"sync"
	"testing"

	"sessiond/internal/mobileapps"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// All who look for a file share a pass, which admits what every pass does, and each is
// answered about his own file once it has settled.
func TestLook(t *testing.T) {
	for name, follow := range map[string]bool{"restore": false, "follow": true} {
		t.Run(name, func(t *testing.T) {
			r := startWith(t, refresh.Config{Follow: follow}, 1)
			passestest.Write(t, r.root, passestest.Key(2), passestest.Content(2, "a@example.com"))
			passestest.Write(t, r.root, passestest.Key(3), "{")
			before := r.view().Passes()
			arrived, release := r.tree.Hold()
			r.Hangup()
			<-arrived
			var waiting []*waiter
			for range 50 {
				for n := range 4 {
					waiting = append(waiting, r.queue.open(request{what: lookAtFile, file: passestest.Key(n + 1)}))
				}
			}
			release()
			reports := make(map[int]session.Report)
			for i, w := range waiting {
				report, err := w.wait(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				reports[i%4+1] = report
			}
			// The signal, the looks, and what the two wrong files take to settle.
			if passes := r.view().Passes() - before; passes > 8 {
				t.Errorf("%d passes for %d looks", passes, len(waiting))
			}
			if got := reports[1]; got.Unchanged != 1 || got.Checked != 1 || got.Trigger != session.TriggerWatch {
				t.Errorf("of the file that is in memory: %+v", got)
			}
			_, in := r.view().Get(passestest.Key(2))
			if got := reports[2]; in != follow || (got.NotInMemory == 1) == follow {
				t.Errorf("of the new file, which is in memory %t: %+v", in, got)
			}
			if got := reports[3]; got.Rejected != 1 || len(got.Unsettled) != 0 {
				t.Errorf("of the wrong file: %+v", got)
			}
			if got := reports[4]; got.Checked != 0 || len(got.Unsettled) != 0 {
				t.Errorf("of no file: %+v", got)
			}
		})
	}
}

// A look is nobody's request to remove what is gone: the brake holds.
func TestLookIsBraked(t *testing.T) {
	devices := make([]int, 100)
	for i := range devices {
		devices[i] = i
	}
	r := startWith(t, refresh.Config{SettleMany: deadline}, devices...)
	var asking sync.WaitGroup
	for _, n := range devices {
		r.remove(t, passestest.Key(n))
	}
	for _, n := range devices {
		asking.Go(func() {
			if _, err := r.Look(t.Context(), passestest.Key(n)); err != nil {
				t.Error(err)
			}
		})
	}
	asking.Wait()
	if sessions := r.view().Len(); sessions < 80 {
		t.Errorf("%d sessions are left", sessions)
	}
}

// What is found beside a pass is held against what the pass saw.
func TestOrigin(t *testing.T) {
	r := start(t, 1)
	tree := mobileapps.NewDisk(r.root, passestest.MaxFileSize)
	find := func(n int) (bool, error) { return r.State().Origin.Find(tree, passestest.Key(n)) }
	if is, err := find(1); !is || err != nil {
		t.Errorf("of a file: %t, %v", is, err)
	}
	if is, err := find(2); is || err != nil {
		t.Errorf("of no file: %t, %v", is, err)
	}
	if is, err := r.State().Origin.Find(tree, session.Key{App: "no.folder", ID: "x"}); is || err != nil {
		t.Errorf("of no folder: %t, %v", is, err)
	}
	if err := os.RemoveAll(r.root); err != nil {
		t.Fatal(err)
	}
	if is, err := find(1); is || err == nil {
		t.Errorf("without the root, which no pass has noticed: %t, %v", is, err)
	}
	r.refresh(t)
	if is, err := find(1); is || err != nil {
		t.Errorf("without the root, as the pass saw: %t, %v", is, err)
	}
	passestest.Write(t, r.root, passestest.Key(1), passestest.Content(1, "a@example.com"))
	if is, err := find(1); is || err == nil {
		t.Errorf("with another root, which no pass has noticed: %t, %v", is, err)
	}
	r.refresh(t)
	if is, err := find(1); !is || err != nil {
		t.Errorf("with another root, as the pass saw: %t, %v", is, err)
	}
}

// The admission of start-up is still to come until there is an app folder.
func TestAdmitting(t *testing.T) {
	r := start(t)
	if r.refresh(t); !r.State().Admitting {
		t.Error("an empty root was admitted")
	}
	passestest.Write(t, r.root, passestest.Key(1), passestest.Content(1, "a@example.com"))
	if r.refresh(t); r.State().Admitting {
		t.Error("the admission of an app folder is still to come")
	}
}
