package passes

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"sessiond/internal/passes/passestest"
	"sessiond/internal/session"
)

// answers are the reports that were asked for, by who asked.
func answers(t *testing.T, waiting map[string]*waiter) map[string]session.Report {
	t.Helper()
	reports := make(map[string]session.Report)
	for name, w := range waiting {
		report, err := w.wait(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		reports[name] = report
	}
	return reports
}

func (r *running) askOpen(key session.Key) *waiter {
	return r.queue.open(request{what: openFile, file: key})
}

// What waits to be opened is opened by one pass, however much it is.
func TestWaitingOpensShareAPass(t *testing.T) {
	const files = 500
	for _, all := range []bool{false, true} {
		t.Run(fmt.Sprintf("all %t", all), func(t *testing.T) {
			r := start(t, files) // one is in memory
			for n := range files {
				passestest.Write(t, r.root, passestest.Key(n), passestest.Content(n, "a@example.com"))
			}
			before := r.view().Passes()
			arrived, release := r.tree.Hold()
			r.Hangup()
			<-arrived
			waiting := make(map[string]*waiter)
			for n := range files {
				waiting[fmt.Sprint(n)] = r.askOpen(passestest.Key(n))
				waiting[fmt.Sprint(n, " again")] = r.askOpen(passestest.Key(n))
			}
			for n := range files {
				waiting[fmt.Sprint("since ", n)] = r.queue.openSince(time.Now().Add(-time.Duration(n) * time.Minute))
			}
			if all {
				waiting["all"] = r.queue.open(request{what: openAll})
			}
			release()
			reports := answers(t, waiting)
			if passes := r.view().Passes() - before; passes != 2 {
				t.Errorf("%d passes for a signal and %d requests to open, want 2", passes, len(waiting))
			}
			for n := range files {
				got, key := reports[fmt.Sprint(n)], passestest.Key(n)
				want := []session.Change{{Session: key, Action: session.ActionAdmitted}}
				if !slices.Equal(got.Changes, want) || got.Admitted != 1 || got.Checked != 1 || got.Scope != session.ScopeFiles {
					t.Fatalf("the answer about %s has %d changes and the counts %+v", key, len(got.Changes), got.Counts)
				}
			}
			if got := reports["since 7"]; got.Checked != 0 || len(got.Changes) != 0 {
				t.Errorf("of what was removed, which is nothing, the answer is %+v", got)
			}
			if got := reports["all"]; all && (got.Admitted != files || got.Scope != session.ScopeFull) {
				t.Errorf("the answer about everything is %+v", got)
			}
			if sessions := r.view().Len(); sessions != files+1 {
				t.Errorf("%d sessions, want %d", sessions, files+1)
			}
		})
	}
}

// Who opens a file hears of that file alone, whatever is opened with it.
func TestOpenTellsOfItsOwnFile(t *testing.T) {
	const known, fresh, wrong, missing, removed = 1, 2, 3, 4, 5
	r := start(t, known, removed)
	began := time.Now()
	r.remove(t, passestest.Key(removed))
	r.refresh(t)
	for _, n := range []int{fresh, removed} {
		passestest.Write(t, r.root, passestest.Key(n), passestest.Content(n, "a@example.com"))
	}
	passestest.Write(t, r.root, passestest.Key(wrong), "{")
	arrived, release := r.tree.Hold()
	r.Hangup()
	<-arrived
	waiting := make(map[string]*waiter)
	for _, n := range []int{known, fresh, wrong, missing} {
		waiting[fmt.Sprint(n)] = r.askOpen(passestest.Key(n))
	}
	waiting["since"] = r.queue.openSince(began)
	waiting["since later"] = r.queue.openSince(began.Add(time.Hour)) // with those who named the earlier time
	release()
	reports := answers(t, waiting)
	for name, want := range map[string]session.Counts{
		fmt.Sprint(known):   {Checked: 1, Unchanged: 1},
		fmt.Sprint(fresh):   {Checked: 1, Admitted: 1},
		fmt.Sprint(wrong):   {Checked: 1, Rejected: 1},
		fmt.Sprint(missing): {},
		"since":             {Checked: 1, Admitted: 1},
		"since later":       {Checked: 1, Admitted: 1},
	} {
		got := reports[name]
		if got.Counts != want || len(got.Errors) != want.Rejected || len(got.Changes) != want.Admitted || len(got.Unsettled) != 0 {
			t.Errorf("the answer about %s is %+v, want the counts %+v", name, got, want)
		}
	}
}

// However slow a pass is, no more requests wait for the next than there is room for.
// Those for the same wait together and take no room.
func TestRequestsAreBounded(t *testing.T) {
	q := newQueue()
	for range 2 * maxUnanswered {
		for _, w := range []*waiter{q.refresh(nothing), q.open(request{what: openAll}), q.openSince(time.Now())} {
			select {
			case <-w.done:
				t.Fatalf("a request got %v", w.err)
			default:
			}
		}
	}
	refused := 0
	for n := range 2 * maxUnanswered {
		w := q.open(request{what: openFile, file: session.Key{App: "a.b", ID: fmt.Sprint(n)}})
		select {
		case <-w.done:
			refused++
			if !errors.Is(w.err, ErrTooMany) {
				t.Fatalf("a request got %v", w.err)
			}
		default:
		}
	}
	if want := maxUnanswered + 3; refused != want {
		t.Errorf("%d are refused, want %d", refused, want)
	}
	taken := q.take(false)
	if len(taken.waiters) != maxUnanswered {
		t.Errorf("%d wait, want %d", len(taken.waiters), maxUnanswered)
	}
	// They take room until they are answered, although their pass has begun.
	select {
	case <-q.refresh(nothing).done:
	default:
		t.Error("a request was taken although there is no room")
	}
	q.answered(1)
	select {
	case <-q.refresh(nothing).done:
		t.Error("a request was refused although another was answered")
	default:
	}
}

// Whoever was answered takes no room any more.
func TestAnswersMakeRoom(t *testing.T) {
	r := start(t, 1)
	for range 3 {
		r.refresh(t)
		if _, err := r.Open(t.Context(), passestest.Key(1)); err != nil {
			t.Fatal(err)
		}
	}
	passestest.Until(t, "there is room again", func() bool {
		r.queue.mu.Lock()
		defer r.queue.mu.Unlock()
		return r.queue.unanswered == 0
	})
}

// A time before all others names all removals, not none.
func TestOpenSinceEver(t *testing.T) {
	r := start(t, 1, 2)
	r.remove(t, passestest.Key(1))
	r.refresh(t)
	passestest.Write(t, r.root, passestest.Key(1), passestest.Content(1, "a@example.com"))
	passestest.Write(t, r.root, passestest.Key(3), passestest.Content(3, "a@example.com")) // never in memory
	report, err := r.OpenSince(t.Context(), time.Time{})
	if err != nil || report.Admitted != 1 || report.Checked != 1 {
		t.Errorf("%+v, %v; want one file admitted", report, err)
	}
}
