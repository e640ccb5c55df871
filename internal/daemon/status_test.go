package daemon

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/session"
)

// A status is small however much is wrong, and says how much that is.
func TestStatusIsBounded(t *testing.T) {
	const files = 2*api.MaxListed + 50
	r := start(t, func(root string) {
		passestest.Write(t, root, passestest.Key(files), passestest.Content(files, "a@example.com"))
		for i := range files {
			passestest.Write(t, root, passestest.Key(i), "{")
		}
	}, nil)
	passestest.Until(t, "all are rejected", func() bool { return r.status().Rejected == files })
	s := r.status()
	if len(s.Errors) != api.MaxListed || s.ErrorsTotal != files || s.UnsettledTotal != 0 || len(s.Unsettled) != 0 {
		t.Errorf("%d of %d errors, %d of %d unsettled", len(s.Errors), s.ErrorsTotal, len(s.Unsettled), s.UnsettledTotal)
	}
	if want := []session.CodeCount{{ErrCode: session.CodeSyntax, Files: files}}; !slices.Equal(s.RejectedByCode, want) {
		t.Errorf("rejected by code: %v, want %v", s.RejectedByCode, want)
	}
	if s.LastPass.UnsettledTotal != files || s.LastPass.InMotion != files || s.LastPass.Admitted != 1 {
		t.Errorf("the last pass that was no retry: %+v", s.LastPass)
	}
	text, err := json.Marshal(s)
	if err != nil || len(text) > api.MaxListed*1000 {
		t.Errorf("the status has %d bytes, %v", len(text), err)
	}
	if got, want := r.summary(), "1 session, 250 rejected"; got != want {
		t.Errorf("the service manager is told %q, want %q", got, want)
	}
}

// The first valid files that are not in memory are named.
func TestStatusNamesFilesNotInMemory(t *testing.T) {
	r := start(t, nil, nil)
	const files = api.MaxNamed + 5
	var o session.Outcome
	for i := range files {
		o.Unadmitted = append(o.Unadmitted, session.Transition[session.UnadmittedFile]{
			Session: passestest.Key(i), Now: &session.UnadmittedFile{Session: passestest.Key(i)},
		})
	}
	o.NotInMemory = files
	r.store.Apply(o)
	if s := r.status(); s.NotInMemory != files || len(s.NotInMemoryFiles) != api.MaxNamed {
		t.Errorf("%d files, %d are named", s.NotInMemory, len(s.NotInMemoryFiles))
	}
}

// What waits for approval is counted.
func TestStatusCountsPending(t *testing.T) {
	r := start(t, nil, nil)
	one := session.New(passestest.Key(1), []byte(`{}`), session.StatusPending, session.Digest{})
	r.store.Apply(session.Outcome{Changes: []session.MemoryChange{{Session: one, Kind: session.ChangeAdmitted}}})
	if s := r.status(); s.Sessions != 1 || s.Pending != 1 {
		t.Errorf("%d sessions, %d pending", s.Sessions, s.Pending)
	}
}

// A rejected file is shown with its own time, and with whose session it was.
func TestErrorTellsOfItsFile(t *testing.T) {
	r := start(t, func(root string) {
		passestest.Write(t, root, passestest.Key(1), passestest.Content(1, "a@example.com"))
	}, nil)
	path := filepath.Join(r.root, filepath.FromSlash(passestest.Key(1).String()))
	var since time.Time
	for minutes, content := range []string{"{", "{", `{"a":1}`} {
		modified := time.Date(2026, 11, 22, 18, minutes, 0, 123_456_000, time.UTC)
		passestest.Write(t, r.root, passestest.Key(1), content)
		if err := os.Chtimes(path, modified, modified); err != nil {
			t.Fatal(err)
		}
		r.refresh(t)
		errors := r.status().Errors
		if len(errors) != 1 {
			t.Fatalf("%d errors, want 1", len(errors))
		}
		e := errors[0]
		if !e.Modified.Time().Equal(modified) || e.LastKnown == nil || e.LastKnown.Email != "a@example.com" {
			t.Errorf("file %d: modified %v, last known %+v", minutes, e.Modified, e.LastKnown)
		}
		if minutes == 1 && !e.Since.Equal(since) {
			t.Errorf("the same error is there since %v, was since %v", e.Since, since)
		}
		since = e.Since
	}
	for _, message := range []string{"file rejected", "file rejected for another reason"} {
		if told := r.logs.FilterMessage(message).Len(); told != 1 {
			t.Errorf("%d lines %q, want 1", told, message)
		}
	}
}
