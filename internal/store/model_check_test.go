package store_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// check holds everything a view shows against the model.
func (m *model) check(t *rapid.T, v *store.View) {
	if v.Len() != len(m.sessions) || v.Revision() != m.revision() || v.Passes() != m.passes || v.NotInMemory() != m.notInMemory {
		t.Fatalf("len %d, revision %d, passes %d, not in memory %d; want %d, %d, %d, %d",
			v.Len(), v.Revision(), v.Passes(), v.NotInMemory(), len(m.sessions), m.revision(), m.passes, m.notInMemory)
	}
	if !v.LastSuccess().Equal(m.lastSuccess) {
		t.Fatalf("last success %v, want %v", v.LastSuccess(), m.lastSuccess)
	}
	for what, diff := range map[string]string{
		"last pass": gocmp.Diff(m.lastPass, v.LastPass()),
		"problems":  gocmp.Diff(foldersFirst(m.problems), v.Problems(nil, 0)),
		"unsettled": gocmp.Diff(foldersFirst(m.unsettled), v.Unsettled(nil, 0)),
		"apps":      gocmp.Diff(m.apps(), v.Apps()),
		"totals":    gocmp.Diff(m.totals(), v.Totals()),
		"codes":     gocmp.Diff(m.codes(), v.RejectedByCode()),
		"reasons":   gocmp.Diff(session.CountUnsettled(sorted(m.unsettled)), v.CountUnsettled()),
		"errors":    gocmp.Diff(len(m.problems), v.CountProblems()),
	} {
		if diff != "" {
			t.Fatalf("%s (-want +got):\n%s", what, diff)
		}
	}
	var got []session.Key
	all, _ := v.Select(store.Query{})
	for _, loaded := range all {
		got = append(got, loaded.Key())
	}
	if want := slices.SortedFunc(maps.Keys(m.sessions), session.Key.Compare); !slices.Equal(got, want) {
		t.Fatalf("keys %q, want %q", got, want)
	}
	key := anyKey.Draw(t, "key")
	gotSession, okSession := v.Get(key)
	wantSession, inMemory := m.sessions[key]
	if gotSession != wantSession || okSession != inMemory {
		t.Fatalf("Get(%s) = %v, %t; want %v, %t", key, gotSession, okSession, wantSession, inMemory)
	}
	gotProblem, okProblem := v.Problem(key)
	wantProblem, known := m.problems[key]
	if gotProblem != wantProblem || okProblem != known {
		t.Fatalf("Problem(%s) = %v, %t; want %v, %t", key, gotProblem, okProblem, wantProblem, known)
	}
}

// checkPage holds one page of a selection against the model.
func (m *model) checkPage(t *rapid.T, v *store.View) {
	f := store.Query{
		Filter: session.Filter{
			App:    rapid.SampledFrom(append([]string{"", "", "T.a", "no.app"}, folders...)).Draw(t, "app"),
			Status: rapid.SampledFrom([]string{"", session.StatusAccepted, session.StatusPending}).Draw(t, "status"),
			Email:  rapid.SampledFrom([]string{"", "", "ANN@example.com", "nobody"}).Draw(t, "email"),
		},
		After: rapid.OneOf(rapid.Just(session.Key{}), anyKey).Draw(t, "after"),
		Limit: rapid.SampledFrom(limits).Draw(t, "limit"),
		Walk:  rapid.SampledFrom(limits).Draw(t, "walk"),
	}
	page, next := v.Select(f)
	if want, wantNext := m.selected(f); !slices.Equal(page, want) || next != wantNext {
		t.Fatalf("Select(%+v): %d sessions, next %s; want %d, next %s", f, len(page), next, len(want), wantNext)
	}
}

// reader is a follower and how many events of the model it has read.
type reader struct {
	*store.Follower
	read int
}

// The store shows at any time what plain maps would, old views show what they
// showed, and followers are told exactly of what happened.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type seen struct {
			view *store.View
			then *model
		}
		var (
			s, m    = store.New(start), newModel()
			views   []seen
			readers []*reader
		)
		m.epoch = s.View().Epoch()
		follow := func(t *rapid.T, since *uint64, read int) {
			f, err := s.Follow(since)
			if read < 0 || read > len(m.events) {
				if !errors.Is(err, store.ErrGone) {
					t.Fatalf("followed since the start %+d: %v; want %v", read, err, store.ErrGone)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			readers = append(readers, &reader{f, read})
		}
		t.Repeat(map[string]func(*rapid.T){
			"pass": func(t *rapid.T) {
				o := m.drawOutcome(t)
				m.apply(o)
				s.Apply(o)
			},
			"keep a view": func(t *rapid.T) {
				views = append(views, seen{s.View(), m.clone()})
			},
			"look at an old view": func(t *rapid.T) {
				if len(views) == 0 {
					return
				}
				old := rapid.SampledFrom(views).Draw(t, "view")
				old.then.check(t, old.view)
				old.then.checkPage(t, old.view)
			},
			"follow": func(t *rapid.T) {
				read := rapid.IntRange(-1, len(m.events)+1).Draw(t, "read")
				since := startRevision + uint64(read)
				follow(t, &since, read)
			},
			"follow from now on": func(t *rapid.T) { follow(t, nil, len(m.events)) },
			"read": func(t *rapid.T) {
				if len(readers) == 0 {
					return
				}
				r := rapid.SampledFrom(readers).Draw(t, "reader")
				if r.read == len(m.events) {
					return
				}
				batch, err := r.Next(context.Background())
				events := batch.Events()
				left := m.events[r.read:]
				if err != nil || len(events) == 0 || len(events) > len(left) || !slices.Equal(events, left[:len(events)]) {
					t.Fatalf("got %v, %v; want a beginning of %v", events, err, left)
				}
				if got, want := text(t, batch), textOf(t, events); got != want {
					t.Fatalf("the text is %q, want %q", got, want)
				}
				r.read += len(events)
			},
			"": func(t *rapid.T) {
				m.check(t, s.View())
				for range 3 {
					m.checkPage(t, s.View())
				}
				if s.Followers() != len(readers) {
					t.Fatalf("%d followers, want %d", s.Followers(), len(readers))
				}
			},
		})
	})
}
