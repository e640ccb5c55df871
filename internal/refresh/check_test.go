package refresh_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// TestCheck judges without a daemon: the whole tree, or just what is named.
func TestCheck(t *testing.T) {
	const saved = settle / 2
	tests := []struct {
		name   string
		keys   []session.Key
		then   func(*tree) // a while after the first look
		counts session.Counts
		valid  []session.Key
		took   time.Duration
	}{
		{
			name:   "everything",
			counts: session.Counts{Checked: 4, Admitted: 2, Rejected: 2},
			valid:  []session.Key{one, three}, took: settle,
		},
		{
			name: "one file", keys: []session.Key{one},
			counts: session.Counts{Checked: 1, Admitted: 1},
			valid:  []session.Key{one},
		},
		{
			name: "two files, one wrong", keys: []session.Key{two, three},
			counts: session.Counts{Checked: 2, Admitted: 1, Rejected: 1},
			valid:  []session.Key{three}, took: settle,
		},
		{
			name: "a folder", keys: []session.Key{keyOf("a.b/")},
			counts: session.Counts{Checked: 3, Admitted: 2, Rejected: 1},
			valid:  []session.Key{one, three}, took: settle,
		},
		{
			name: "a file that is not there", keys: []session.Key{keyOf("a.b/9"), keyOf("e.f/9")},
		},
		{
			name: "wrong at first, then saved", keys: []session.Key{two},
			then:   func(tree *tree) { tree.write("a.b/2", "valid 2") },
			counts: session.Counts{Checked: 1, Admitted: 1},
			valid:  []session.Key{two}, took: settle,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tree := newTree(refresh.SystemClock(), fineTick)
				for path, data := range map[string]string{"a.b/1": "valid", "a.b/2": "wrong", "a.b/3": "valid", "c.d/1": "wrong"} {
					tree.write(path, data)
				}
				if test.then != nil {
					time.AfterFunc(saved, func() { test.then(tree) })
				}
				begun := time.Now()

				checked, err := refresh.Check(t.Context(), refresh.Config{Tree: tree, Judge: judge{}, Settle: settle}, test.keys...)
				if err != nil {
					t.Fatal(err)
				}
				counts(t, checked.Report, test.counts)
				checkReport(t, checked.Report, func(key session.Key) bool { return tree.isFile(key.String()) })
				var valid []session.Key
				for _, s := range checked.Sessions {
					valid = append(valid, s.Key())
				}
				diff(t, "valid", test.valid, valid)
				diff(t, "time it took", test.took, time.Since(begun))
			})
		})
	}
}

// Check waits for what is in motion, no longer than an answer does, and not for
// what cannot be read.
func TestCheckOfWhatNeverRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tree := newTree(refresh.SystemClock(), fineTick)
		tree.write("a.b/1", "valid")
		tree.lock("a.b/1", true)
		tree.write("a.b/2", "wrong")
		tree.faults.during = func(path string) {
			time.Sleep(fineTick)
			tree.touch(path, 0)
		}
		begun := time.Now()
		checked, err := refresh.Check(t.Context(), refresh.Config{Tree: tree, Judge: judge{}, Settle: settle})
		if err != nil {
			t.Fatal(err)
		}
		counts(t, checked.Report, session.Counts{Checked: 2})
		diff(t, "unsettled files", 2, len(checked.Report.Unsettled))
		if took := time.Since(begun); took < refresh.AnswerLimit || took > refresh.AnswerLimit+settle/10 {
			t.Errorf("it took %v", took)
		}
	})
}

// Check ends early, with what it has, when its context does.
func TestCheckIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tree := newTree(refresh.SystemClock(), fineTick)
		tree.write("a.b/1", "valid")
		tree.write("a.b/2", "wrong")
		ctx, cancel := context.WithTimeout(t.Context(), settle/2)
		defer cancel()
		checked, err := refresh.Check(ctx, refresh.Config{Tree: tree, Judge: judge{}, Settle: settle})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		counts(t, checked.Report, session.Counts{Checked: 2, Admitted: 1})
		diff(t, "sessions", 1, len(checked.Sessions))
	})
}
