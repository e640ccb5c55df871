package store_test

import (
	"flag"
	"fmt"
	"sync"
	"testing"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// Every pass of this test gives all sessions the same new email, lets the
// sessions of one app go and those of another come back, and says its number
// wherever it can. A reader that sees two numbers sees a mixture.
// mixPasses is how many passes are applied while readers look.
var mixPasses = flag.Int("store.passes", 100, "how many passes TestViewIsNeverAMixture applies")

const mixSessions = 1000 // and so many changes in each pass

// mixPass returns a pass whose sessions are all but those of one app in ten.
func mixPass(number int) session.Outcome {
	email := fmt.Sprintf("%d@example.com", number)
	absent, before := fmt.Sprintf("TEAM.app%d", number%10), fmt.Sprintf("TEAM.app%d", (number-1)%10)
	o := pass(number)
	for _, s := range many(mixSessions, email) {
		switch s.Key().App {
		case absent:
			removes(s.Key())(&o)
		case before:
			admits(s)(&o)
		default:
			updates(s)(&o)
		}
	}
	numbered := session.Unsettled{Session: session.Key{App: "TEAM.app", ID: "1"}, Since: endOf(number), Reason: session.ReasonInMotion}
	o.Unsettled = []session.Transition[session.Unsettled]{{Session: numbered.Session, Now: &numbered}} // of another pass
	hasProblems(rejected(session.Key{App: "TEAM.rejected", ID: "1"}, endOf(number)))(&o)
	o.NotInMemory = number
	return o
}

// number returns the number of the pass that a view shows, or an error if it
// shows several.
func number(v *store.View) (int, error) {
	n := int(v.Passes())
	if n == 0 {
		return 0, nil
	}
	email := fmt.Sprintf("%d@example.com", n)
	page, next := v.Select(store.Query{Filter: session.Filter{Email: email}, Limit: mixSessions})
	if want := mixSessions * 9 / 10; len(page) != want || next != (session.Key{}) || v.Len() != want {
		return n, fmt.Errorf("%d sessions of %d have the email of pass %d; want %d", len(page), v.Len(), n, want)
	}
	for i, loaded := range page {
		if !loaded.LoadedAt.Equal(endOf(n)) || i > 0 && loaded.Key().Compare(page[i-1].Key()) <= 0 {
			return n, fmt.Errorf("session %d of pass %d is not in its place or not of that pass", i, n)
		}
	}
	if got, ok := v.Get(page[n%len(page)].Key()); !ok || got != page[n%len(page)] {
		return n, fmt.Errorf("Get and Select do not agree in pass %d", n)
	}
	apps := v.Apps()
	if len(apps) != 10 || apps[9].App != "TEAM.rejected" {
		return n, fmt.Errorf("apps %v in pass %d", apps, n)
	}
	for _, app := range apps[:9] {
		if app.Sessions != mixSessions/10 {
			return n, fmt.Errorf("%d sessions of %s in pass %d", app.Sessions, app.App, n)
		}
	}
	if r := v.Revision() - startRevision; r != uint64(n*mixSessions) || v.NotInMemory() != n || v.LastPass().Pass != uint64(n) {
		return n, fmt.Errorf("revision %d, not in memory %d, last pass %d in pass %d", r, v.NotInMemory(), v.LastPass().Pass, n)
	}
	if !v.LastSuccess().Equal(endOf(n)) || !v.Problems(nil, 1)[0].Since.Equal(endOf(n)) || !v.Unsettled(nil, 1)[0].Since.Equal(endOf(n)) {
		return n, fmt.Errorf("last success, problems or unsettled are not those of pass %d", n)
	}
	return n, nil
}

func TestViewIsNeverAMixture(t *testing.T) {
	s := store.New(start)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for last := 0; last < *mixPasses; {
				v := s.View()
				n, err := number(v)
				if err != nil || n < last {
					t.Errorf("after pass %d: pass %d, %v", last, n, err)
					return
				}
				last = n
				if again, err := number(v); err != nil || again != n {
					t.Errorf("the view of pass %d changed: %d, %v", n, again, err)
					return
				}
			}
		})
	}
	for n := 1; n <= *mixPasses; n++ {
		s.Apply(mixPass(n))
	}
	readers.Wait()
}

// Followers that read while passes are applied are told of every change once, in
// order, and find it in the view.
func TestFollowersMissNothing(t *testing.T) {
	const passes = keptChanges / mixSessions // so that none of them can lag
	s := store.New(start)
	var readers sync.WaitGroup
	for range 4 {
		f := follow(t, s, startRevision)
		readers.Go(func() {
			for told := startRevision; told < startRevision+passes*mixSessions; {
				batch, err := f.Next(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				for _, event := range batch.Events() {
					if told++; event.Revision != told {
						t.Errorf("told of revision %d, want %d", event.Revision, told)
						return
					}
				}
				if v := s.View(); v.Revision() < told {
					t.Errorf("told of revision %d while the view is of %d", told, v.Revision())
				}
			}
		})
	}
	for n := 1; n <= passes; n++ {
		s.Apply(mixPass(n))
	}
	readers.Wait()
}
