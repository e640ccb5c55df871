package store_test

import (
	"fmt"
	"runtime"
	"testing"
	"unsafe"
	"weak"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
	"sessiond/internal/store"
)

// The name of an app keeps alive none of the sessions that gave it.
func TestNamesHoldNoContents(t *testing.T) {
	s := store.New(start)
	last := sessionNamed("last", "Contact")
	held := func() weak.Pointer[byte] {
		first := sessionNamed("first", "Contact")
		s.Apply(pass(1, admits(first)))
		s.Apply(pass(2, admits(last)))
		name := weak.Make(unsafe.StringData(first.AppName()))
		s.Apply(pass(3, removes(first.Key())))
		return name
	}()
	runtime.GC()
	if held.Value() != nil {
		t.Error("the content of a session that was removed is still held")
	}
	if apps := s.View().Apps(); apps[0].Name != "Contact" {
		t.Errorf("apps are %v", apps)
	}
}

// Sessions without a name are not looked at for one: it takes as many allocations to
// list the app of a few as that of many.
func TestListingAppsWalksNoSessions(t *testing.T) {
	allocations := func(sessions int) float64 {
		s := store.New(start)
		o := pass(1)
		for n := range sessions {
			admits(sessionNamed(fmt.Sprintf("%05d", n), ""))(&o)
		}
		s.Apply(o)
		return testing.AllocsPerRun(10, func() { s.View().Apps() })
	}
	if few, many := allocations(10), allocations(10_000); many > few {
		t.Errorf("%v allocations for 10,000 sessions, and %v for 10", many, few)
	}
}

func sessionNamed(id, name string) *session.Session {
	return sessiontest.New(session.Key{App: "T.a.b", ID: id}, session.StatusAccepted, session.Details{
		Application: session.Application{ID: "a.b", Name: name}, Email: `"ann"@example.com`, // to read it takes an allocation
	})
}
