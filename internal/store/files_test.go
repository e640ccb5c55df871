package store_test

import (
	"fmt"
	"strings"
	"testing"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// unadmitted says of some keys that their files are valid and not in memory, or are
// so no more.
func unadmitted(now bool, keys ...session.Key) func(*session.Outcome) {
	return func(o *session.Outcome) {
		for _, key := range keys {
			turn := session.Transition[session.UnadmittedFile]{Session: key}
			if now {
				turn.Now = &session.UnadmittedFile{Session: key, Since: start}
			}
			o.Unadmitted = append(o.Unadmitted, turn)
		}
	}
}

func TestUnadmitted(t *testing.T) {
	key := func(app, id string) session.Key { return session.Key{App: app, ID: id} }
	s := applied(
		pass(1, unadmitted(true, key("a.b-c", "1"), key("a.b", "1"), key("a.b", "12"), key("a.b", "2"), key("a.bc", "1"))),
		pass(2, unadmitted(false, key("a.b", "1"))),
	)
	for _, tc := range []struct {
		filter store.FileFilter
		want   string
	}{
		{store.FileFilter{Limit: 9}, "a.b-c/1 a.b/12 a.b/2 a.bc/1"},
		{store.FileFilter{Limit: 2}, "a.b-c/1 a.b/12 … 12"},
		{store.FileFilter{Limit: 2, After: key("a.b", "12")}, "a.b/2 a.bc/1"},
		{store.FileFilter{Limit: 9, App: "a.b"}, "a.b/12 a.b/2"},
		{store.FileFilter{Limit: 9, App: "a.b", After: key("a.b", "12")}, "a.b/2"},
		{store.FileFilter{Limit: 9, App: "a"}, ""},
		{store.FileFilter{Limit: 9, Prefix: "1"}, "a.b-c/1 a.b/12 a.bc/1"},
		{store.FileFilter{Limit: 9, Prefix: "a.b/"}, "a.b/12 a.b/2"},
		{store.FileFilter{Limit: 9, Prefix: "2", Walk: 2}, "… 12"},
		{store.FileFilter{Limit: 9, Prefix: "a.b/2", Walk: 1}, "a.b/2"},
		{store.FileFilter{Limit: 9, Prefix: "a.b/1", App: "a.bc", Walk: 1}, ""},
		{store.FileFilter{Limit: 9, Prefix: "2", Walk: 2, After: key("a.b", "12")}, "a.b/2"},
		{store.FileFilter{Limit: 1, Walk: 9, Prefix: "1", After: key("a.b-c", "1")}, "a.b/12 … 2"},
	} {
		t.Run(fmt.Sprintf("%+v", tc.filter), func(t *testing.T) {
			page, next := s.View().Unadmitted(tc.filter)
			var got []string
			for _, one := range page {
				got = append(got, one.Session.String())
			}
			if next.IsFile() {
				got = append(got, "…", next.ID)
			}
			if strings.Join(got, " ") != tc.want {
				t.Errorf("got %v, want %s", got, tc.want)
			}
		})
	}
}

func TestRejected(t *testing.T) {
	key := func(app, id string) session.Key { return session.Key{App: app, ID: id} }
	s := applied(pass(1, func(o *session.Outcome) {
		for i, k := range []session.Key{{}, {App: "a.b"}, {App: "a.z"}, key("a.b-c", "1"), key("a.b", "1"), key("a.b", "12"), key("a.b", "2")} {
			now := &session.ActiveError{Problem: *session.NewProblem(k, session.CodeSyntax, "line 1")}
			if i < 3 || k.ID == "12" {
				now.ComponentSignature = session.ComponentFile // it cannot be read
			}
			o.Problems = append(o.Problems, session.Transition[session.ActiveError]{Session: k, Now: now})
		}
	}))
	for _, tc := range []struct {
		filter store.FileFilter
		want   string
	}{
		{store.FileFilter{Limit: 9}, "a.b-c/1 a.b/1 a.b/2"},
		{store.FileFilter{Limit: 2}, "a.b-c/1 a.b/1 … 12"},
		{store.FileFilter{Limit: 9, App: "a.b"}, "a.b/1 a.b/2"},
		{store.FileFilter{Limit: 9, Prefix: "a.b/"}, "a.b/1 a.b/2"},
		{store.FileFilter{Limit: 9, Prefix: "9", Walk: 3}, "… 12"},
		{store.FileFilter{Limit: 9, Prefix: "9", Walk: 3, After: key("a.b", "12")}, ""},
	} {
		t.Run(fmt.Sprintf("%+v", tc.filter), func(t *testing.T) {
			page, next := s.View().Rejected(tc.filter)
			var got []string
			for _, one := range page {
				got = append(got, one.Session.String())
			}
			if next.IsFile() {
				got = append(got, "…", next.ID)
			}
			if strings.Join(got, " ") != tc.want {
				t.Errorf("got %v, want %s", got, tc.want)
			}
		})
	}
}
