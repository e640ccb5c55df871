//go:build unix

package e2e

import (
	"context"
	"fmt"
	"syscall"
	"testing"

	"sessiond/internal/client"
	"sessiond/internal/session"
)

// reach waits for a status.
func (d *daemon) reach(t testing.TB, what string, wanted func(*session.Status) bool) session.Status {
	t.Helper()
	status, err := d.await(what, wanted)
	must(t, err)
	return status
}

// loads waits until so many sessions are in memory and all is at rest.
func (d *daemon) loads(t testing.TB, sessions int) session.Status {
	t.Helper()
	return d.reach(t, fmt.Sprintf("at rest with %d sessions", sessions), func(s *session.Status) bool {
		return s.Sessions == sessions && !s.Busy
	})
}

// shows waits until a session in memory has an e-mail address.
func (d *daemon) shows(t testing.TB, key session.Key, email string) {
	t.Helper()
	var last client.Detail
	var err error
	if !eventually(func() bool { last, err = d.get(key); return err == nil && last.Email == email }) {
		t.Fatalf("%s has the address %q (%v) after %v, want %q", key, last.Email, err, patience, email)
	}
}

// has insists on what a session in memory is now.
func (d *daemon) has(t testing.TB, key session.Key, email string) {
	t.Helper()
	now, err := d.get(key)
	must(t, err)
	if now.Email != email {
		t.Errorf("%s has the address %q, want %q", key, now.Email, email)
	}
}

func (d *daemon) get(key session.Key) (client.Detail, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return d.Session(ctx, key)
}

// takePage returns the sessions in memory, a thousand at most.
func (d *daemon) takePage() ([]session.Summary, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	page, err := d.Sessions(ctx, client.Query{Limit: 1000})
	return page.Sessions, err
}

// refresh asks for a full pass.
func (d *daemon) refresh(t testing.TB) session.Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	report, err := d.Refresh(ctx)
	must(t, err)
	return report
}

// hangUp sends a SIGHUP.
func (d *daemon) hangUp(t testing.TB) {
	t.Helper()
	must(t, d.signal(syscall.SIGHUP))
}

// isUnreadable reports whether the daemon says of a key that it cannot be judged,
// because of this error of the system.
func isUnreadable(s *session.Status, key session.Key, errno syscall.Errno) bool {
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

// isWell reports whether nothing is wrong and nothing is due.
func isWell(s *session.Status) bool {
	return !s.Busy && len(s.Errors) == 0 && len(s.Unsettled) == 0
}
