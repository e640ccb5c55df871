package store_test

import (
	"crypto/sha1" // as 4D makes an id
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
	"sessiond/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start is when the stores of these tests were started, and startRevision is
// their first revision.
var (
	start         = time.Date(2026, 11, 22, 18, 0, 0, 123456789, time.UTC)
	startRevision = uint64(start.UnixMicro())

	// modified is when all files of these tests were.
	modified = time.Date(2026, 11, 20, 9, 12, 44, 987654321, time.UTC)
)

// newSession returns a session of the key with something in every member that
// the store looks at.
func newSession(key session.Key, status, email string) *session.Session {
	return named("Name of "+key.App, key, status, email)
}

// named is newSession for another name of the app.
func named(app string, key session.Key, status, email string) *session.Session {
	return sessiontest.New(key, status, session.Details{
		Email:       email,
		Team:        session.Team{ID: "TEAM"},
		Application: session.Application{ID: "of." + key.App, Name: app},
	})
}

// pass returns the outcome of a pass with that number: it starts so many
// seconds after the start and takes 1.5 ms.
func pass(number int, edits ...func(*session.Outcome)) session.Outcome {
	o := session.Outcome{Report: session.Report{
		Pass:       uint64(number),
		Trigger:    session.TriggerSocket,
		Scope:      session.ScopeFull,
		StartedAt:  start.Add(time.Duration(number) * time.Second),
		DurationMs: 1.5,
	}}
	for _, edit := range edits {
		edit(&o)
	}
	return o
}

// endOf returns when the pass with that number ended.
func endOf(number int) time.Time {
	return start.Add(time.Duration(number)*time.Second + 1500*time.Microsecond)
}

// loaded returns the session as it is in memory after the pass with that number
// put it there, as the store's change with that number.
func loaded(s *session.Session, number, change int) session.Loaded {
	return session.Loaded{Session: s, Modified: modified, LoadedAt: endOf(number), Revision: startRevision + uint64(change)}
}

func by(t session.Trigger) func(*session.Outcome) {
	return func(o *session.Outcome) { o.Report.Trigger = t }
}

func admits(sessions ...*session.Session) func(*session.Outcome) {
	return has(session.ChangeAdmitted, sessions)
}

func updates(sessions ...*session.Session) func(*session.Outcome) {
	return has(session.ChangeUpdated, sessions)
}

func has(kind session.ChangeKind, sessions []*session.Session) func(*session.Outcome) {
	return func(o *session.Outcome) {
		for _, s := range sessions {
			o.Changes = append(o.Changes, session.MemoryChange{Session: s, Kind: kind, Modified: modified.UnixNano()})
		}
	}
}

func removes(keys ...session.Key) func(*session.Outcome) {
	return func(o *session.Outcome) {
		for _, key := range keys {
			o.Changes = append(o.Changes, session.MemoryChange{Session: sessiontest.At(key), Kind: session.ChangeDeleted})
		}
	}
}

func hasProblems(active ...session.ActiveError) func(*session.Outcome) {
	return func(o *session.Outcome) {
		for _, s := range active {
			o.Problems = append(o.Problems, session.Transition[session.ActiveError]{Session: s.Session, Now: &s})
		}
	}
}

func endsProblems(keys ...session.Key) func(*session.Outcome) {
	return func(o *session.Outcome) {
		for _, key := range keys {
			o.Problems = append(o.Problems, session.Transition[session.ActiveError]{Session: key})
		}
	}
}

// leaves adds to what is unsettled, both as a turn and in the report.
func leaves(unsettled ...session.Unsettled) func(*session.Outcome) {
	return func(o *session.Outcome) {
		for _, u := range unsettled {
			o.Unsettled = append(o.Unsettled, session.Transition[session.Unsettled]{Session: u.Session, Now: &u})
			o.Report.Unsettled = append(o.Report.Unsettled, u)
		}
	}
}

func settles(keys ...session.Key) func(*session.Outcome) {
	return func(o *session.Outcome) {
		for _, key := range keys {
			o.Unsettled = append(o.Unsettled, session.Transition[session.Unsettled]{Session: key})
		}
	}
}

func rejected(key session.Key, since time.Time) session.ActiveError {
	return session.ActiveError{Problem: *session.NewProblem(key, session.CodeSchema, "detail"), Since: since}
}

// many returns n sessions of 10 apps, in the order of their keys.
func many(n int, email string) []*session.Session {
	sessions := make([]*session.Session, n)
	for i := range sessions {
		key := session.Key{App: fmt.Sprintf("TEAM.app%d", i%10), ID: fmt.Sprintf("%x", sha1.Sum([]byte(strconv.Itoa(i))))}
		sessions[i] = newSession(key, session.StatusAccepted, email)
	}
	slices.SortFunc(sessions, func(a, b *session.Session) int { return a.Key().Compare(b.Key()) })
	return sessions
}

// applied returns a store to which these passes were applied.
func applied(outcomes ...session.Outcome) *store.Store {
	s := store.New(start)
	for _, o := range outcomes {
		s.Apply(o)
	}
	return s
}
