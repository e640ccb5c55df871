//go:build unix

package harness

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// Reach waits for a status.
func (d *Daemon) Reach(t testing.TB, what string, wanted func(*api.Status) bool) api.Status {
	t.Helper()
	status, err := d.Await(what, wanted)
	Must(t, err)
	return status
}

// Loads waits until so many sessions are in memory and all is at rest.
func (d *Daemon) Loads(t testing.TB, sessions int) api.Status {
	t.Helper()
	return d.Reach(t, fmt.Sprintf("at rest with %d sessions", sessions), func(s *api.Status) bool {
		return s.Sessions == sessions && !s.Busy
	})
}

// Shows waits until a session in memory has an e-mail address.
func (d *Daemon) Shows(t testing.TB, key session.Key, email string) {
	t.Helper()
	var last api.Detail
	var err error
	if !Eventually(func() bool { last, err = d.Get(key); return err == nil && last.Email == email }) {
		t.Fatalf("%s has the address %q (%v) after %v, want %q", key, last.Email, err, Patience, email)
	}
}

// Has insists on what a session in memory is now.
func (d *Daemon) Has(t testing.TB, key session.Key, email string) {
	t.Helper()
	now, err := d.Get(key)
	Must(t, err)
	if now.Email != email {
		t.Errorf("%s has the address %q, want %q", key, now.Email, email)
	}
}

// Get returns a session in memory.
func (d *Daemon) Get(key session.Key) (api.Detail, error) {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	return d.Session(ctx, key)
}

// TakePage returns the sessions in memory, a thousand at most.
func (d *Daemon) TakePage() ([]api.Summary, error) {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	page, err := d.Sessions(ctx, client.Query{Limit: 1000})
	return page.Sessions, err
}

// FullPass asks for a full pass.
func (d *Daemon) FullPass(t testing.TB) session.Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	report, err := d.Refresh(ctx)
	Must(t, err)
	return report.Report
}

// HangUp sends a SIGHUP.
func (d *Daemon) HangUp(t testing.TB) {
	t.Helper()
	Must(t, d.Signal(syscall.SIGHUP))
}

// IsUnreadable reports whether the daemon says of a key that it cannot be judged,
// because of this error of the system.
func IsUnreadable(s *api.Status, key session.Key, errno syscall.Errno) bool {
	reason, code := "", 0
	for _, u := range s.Unsettled {
		if u.Session == key {
			reason = u.Reason
		}
	}
	for _, e := range s.Errors {
		if e.Session == key && e.ComponentSignature == session.ComponentFile {
			code = e.ErrCode
		}
	}
	return reason == session.ReasonUnreadable && code == int(errno)
}

// HasHint reports whether the daemon gives a hint of a code whose text has some words.
func HasHint(s *api.Status, code api.HintCode, words string) bool {
	return slices.ContainsFunc(s.Hints, func(h api.Hint) bool { return h.Code == code && strings.Contains(h.Text, words) })
}

// IsWell reports whether nothing is wrong and nothing is due.
func IsWell(s *api.Status) bool {
	return !s.Busy && len(s.Errors) == 0 && len(s.Unsettled) == 0
}
