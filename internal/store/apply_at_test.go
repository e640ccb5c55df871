package store_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// A store that shows what another daemon's shows has its revisions.
func TestApplyAt(t *testing.T) {
	a, b := newSession(keyA, session.StatusAccepted, "a@example.com"), newSession(keyB, session.StatusAccepted, "b@example.com")
	with := func(o session.Outcome, revision uint64) session.Outcome {
		o.Changes[0].Revision = revision
		return o
	}
	s := store.New(time.Unix(0, 0))
	since := uint64(0)
	f, err := s.Follow(&since)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, step := range []struct {
		outcome  session.Outcome
		at       uint64
		want     uint64
		revision map[session.Key]uint64
	}{
		{with(pass(1, admits(a, b)), 70), 100, 100, map[session.Key]uint64{keyA: 70, keyB: 100}},
		{pass(2), 120, 120, map[session.Key]uint64{keyA: 70, keyB: 100}},
		{pass(3, removes(keyA)), 130, 130, map[session.Key]uint64{keyB: 100}},
		{pass(4, admits(a)), 131, 131, map[session.Key]uint64{keyA: 131, keyB: 100}},
		{pass(5), 90, 131, map[session.Key]uint64{keyA: 131, keyB: 100}},
		{pass(6, removes(keyA, keyB)), 132, 133, map[session.Key]uint64{}},
	} {
		s.ApplyAt(step.outcome, step.at)
		got := map[session.Key]uint64{}
		for l := range s.View().All() {
			got[l.Key()] = l.Revision
		}
		if diff := cmp.Diff(step.revision, got); diff != "" || s.View().Revision() != step.want {
			t.Errorf("pass %d: revision %d, want %d; %s", step.outcome.Report.Pass, s.View().Revision(), step.want, diff)
		}
	}
	var revisions []uint64
	for _, e := range read(t, f, 6) {
		revisions = append(revisions, e.Revision)
	}
	if diff := cmp.Diff([]uint64{99, 100, 130, 131, 132, 133}, revisions); diff != "" {
		t.Error(diff)
	}
}

// Who has read all there is waits, also where the revision has gone on without a change.
func TestFollowWaitsBehindAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := store.New(time.Unix(0, 0))
		s.ApplyAt(pass(1, admits(newSession(keyA, session.StatusAccepted, ""))), 10)
		s.ApplyAt(pass(2), 20)
		f := follow(t, s, 9)
		read(t, f, 1)
		returned := make(chan int, 1)
		go func() {
			batch, err := f.Next(t.Context())
			if err != nil {
				t.Error(err)
			}
			returned <- batch.Len()
		}()
		synctest.Wait()
		if len(returned) > 0 {
			t.Fatalf("it has %d events of none", <-returned)
		}
		s.ApplyAt(pass(3, removes(keyA)), 30)
		if n := <-returned; n != 1 {
			t.Errorf("it has %d events of 1", n)
		}
	})
}

func TestAll(t *testing.T) {
	s := applied(pass(1, admits(many(300, "a@example.com")...), hasProblems(rejected(keyA, start))))
	var got []session.Loaded
	for l := range s.View().All() {
		got = append(got, l)
	}
	want, _ := s.View().Select(store.Query{})
	if len(got) != 300 || len(want) != 300 || got[0] != want[0] || got[299] != want[299] {
		t.Errorf("it yields %d sessions of %d", len(got), len(want))
	}
	var problems []session.ActiveError
	for e := range s.View().AllProblems() {
		problems = append(problems, *e)
	}
	if diff := cmp.Diff(s.View().Problems(nil, 0), problems); diff != "" {
		t.Error(diff)
	}
}
