//go:build unix

package harness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"sessiond/internal/client"
	"sessiond/internal/session"
)

// Picture is what the law of the refresh contract's section 6 speaks of: the store
// and the current errors.
type Picture struct {
	Sessions    map[session.Key]string // the content, as JSON
	Errors      []session.Problem
	NotInMemory int
}

// errMoved is what [Daemon.TakePicture] returns where a pass came in between.
var errMoved = errors.New("the daemon is not at rest")

// TakePicture returns what the daemon holds at rest.
func (d *Daemon) TakePicture() (Picture, error) {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	before, err := d.Status(ctx)
	if err != nil {
		return Picture{}, err
	}
	p := Picture{Sessions: make(map[session.Key]string), NotInMemory: before.NotInMemory}
	active, err := d.AllErrors(ctx)
	if err != nil {
		return Picture{}, err
	}
	for _, one := range active {
		p.Errors = append(p.Errors, one.Problem)
	}
	slices.SortFunc(p.Errors, func(a, b session.Problem) int { return a.Session.Compare(b.Session) })
	page, err := d.Sessions(ctx, client.Query{Limit: 1000})
	if err != nil {
		return Picture{}, err
	}
	for i := range page.Sessions {
		key := page.Sessions[i].Session
		detail, err := d.Session(ctx, key)
		if errors.Is(err, client.ErrNotFound) {
			return Picture{}, errMoved
		}
		if err != nil {
			return Picture{}, err
		}
		p.Sessions[key] = string(detail.Content)
	}
	after, err := d.Status(ctx)
	if err == nil && (before.Busy || after.Busy || before.Passes != after.Passes) {
		err = errMoved
	}
	return p, err
}

// TryOpen opens one session, or all for the root key, and says in a word or two how
// that went.
func (d *Daemon) TryOpen(key session.Key) string {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	var err error
	if key.IsRoot() {
		_, err = d.OpenAll(ctx)
	} else {
		_, err = d.Open(ctx, key)
	}
	refused := (*client.ProblemError)(nil)
	switch {
	case err == nil:
		return "opened"
	case errors.As(err, &refused):
		return fmt.Sprint("refused with ", refused.Status)
	}
	return err.Error()
}

// PictureAtRest waits until the daemon is at rest.
func (d *Daemon) PictureAtRest(t testing.TB) Picture {
	t.Helper()
	var p Picture
	var err error
	if !Eventually(func() bool { p, err = d.TakePicture(); return err == nil }) {
		t.Fatal(err)
	}
	return p
}
