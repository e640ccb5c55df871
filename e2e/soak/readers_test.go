//go:build soak && unix

package soak

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// reader is a client that behaves well. Whatever others do, it gets its answers,
// and each is whole.
type reader func(ctx context.Context, one *life, random *rand.Rand) error

type reading struct {
	what string
	read reader
}

func readings() []reading {
	return []reading{{"status", readStatus}, {"list", readList}, {"show", readOne}, {"apps", readApps}}
}

func readStatus(ctx context.Context, one *life, _ *rand.Rand) error {
	s, err := one.Status(ctx)
	switch {
	case err != nil:
		return err
	case s.PID != one.PID():
		return fmt.Errorf("the pid is %d, want %d", s.PID, one.PID())
	case s.LastPass == nil:
		return errors.New("the last pass is missing")
	}
	for i := 1; i < len(s.Errors); i++ {
		if s.Errors[i-1].Session.CompareReach(s.Errors[i].Session) >= 0 {
			return errors.New("the errors are not in order")
		}
	}
	return countsUp(*s.LastPass)
}

func readList(ctx context.Context, one *life, random *rand.Rand) error {
	query := client.Query{Limit: 1 + random.IntN(1000)}
	for {
		page, err := one.Sessions(ctx, query)
		if err != nil {
			return err
		}
		for i := range page.Sessions {
			if err := isWhole(page.Sessions[i]); err != nil {
				return err
			}
			if page.Sessions[i].Revision > page.Revision {
				return fmt.Errorf("%s is newer than its page", page.Sessions[i].Session)
			}
			if i > 0 && page.Sessions[i-1].Session.Compare(page.Sessions[i].Session) >= 0 {
				return errors.New("the sessions are not in order")
			}
		}
		if query.Cursor = page.Next; query.Cursor == "" {
			return nil
		}
	}
}

func readOne(ctx context.Context, one *life, random *rand.Rand) error {
	page, err := one.Sessions(ctx, client.Query{Limit: 100})
	if err != nil || len(page.Sessions) == 0 {
		return err
	}
	key := page.Sessions[random.IntN(len(page.Sessions))].Session
	detail, err := one.Session(ctx, key)
	switch {
	case errors.Is(err, client.ErrNotFound):
		return nil
	case err != nil:
		return err
	case strings.Contains(string(detail.Content), `"token"`):
		return fmt.Errorf("%s shows a token", key)
	case !strings.Contains(string(detail.Content), detail.Email):
		return fmt.Errorf("%s has another content than summary", key)
	}
	return isWhole(detail.Summary)
}

func readApps(ctx context.Context, one *life, _ *rand.Rand) error {
	apps, err := one.Apps(ctx)
	for i := 1; i < len(apps); i++ {
		if apps[i-1].App >= apps[i].App {
			return errors.New("the apps are not in order")
		}
	}
	return err
}

// isWhole reports whether all of a session comes from one edit.
func isWhole(s api.Summary) error {
	edit, _, found := strings.Cut(s.Email, "@")
	if !found || s.Device.Description != edit {
		return fmt.Errorf("%s is a mixture: %q and %q", s.Session, s.Email, s.Device.Description)
	}
	if s.Session != (session.Key{App: s.App, ID: s.ID}) {
		return fmt.Errorf("%s has the names %q and %q", s.Session, s.App, s.ID)
	}
	return nil
}

// countsUp holds the counts of a report against each other. Of what was unsettled,
// it does not tell which was on disk.
func countsUp(r session.PassSummary) error {
	judged := r.Updated + r.Unchanged + r.NotInMemory + r.Admitted + r.Rejected
	if r.Checked < judged || r.Checked > judged+r.UnsettledTotal {
		return fmt.Errorf("the counts do not add up: %+v with %d unsettled", r.Counts, r.UnsettledTotal)
	}
	return nil
}

// read has a reader ask time and again.
func (l *lives) read(ctx context.Context, r reading, random *rand.Rand) {
	for ctx.Err() == nil {
		l.ask(ctx, r.what, func(ctx context.Context, one *life) error { return r.read(ctx, one, random) })
		pause(ctx, upTo(random, 50*time.Millisecond))
	}
}

// refresh asks for a full pass and holds the report against itself.
func (l *lives) refresh(ctx context.Context) {
	l.ask(ctx, "refresh", func(ctx context.Context, one *life) error {
		one.memory.ask()
		report, err := one.Refresh(ctx)
		if err != nil {
			return err
		}
		l.refreshes.Add(1)
		removed := 0
		for i, c := range report.Changes {
			if c.Action == session.ActionRemoved {
				removed++
			}
			if i > 0 && report.Changes[i-1].Session.Compare(c.Session) > 0 {
				return errors.New("the changes are not in order")
			}
		}
		if removed != report.Removed {
			return fmt.Errorf("%d removed, but %d named", report.Removed, removed)
		}
		return countsUp(report.Summary())
	})
}

// refreshAtRate asks for so many refreshes a second. Their answers wait for files to
// rest, so each has a goroutine of its own.
func (l *lives) refreshAtRate(ctx context.Context, perSecond int) {
	asking := make(chan struct{}, 50)
	for ctx.Err() == nil {
		select {
		case asking <- struct{}{}:
			go func() {
				defer func() { <-asking }()
				l.refresh(ctx)
			}()
		default: // so many wait already
		}
		pause(ctx, time.Second/time.Duration(perSecond))
	}
	for range cap(asking) {
		asking <- struct{}{} // until all have ended
	}
}

// doze follows events, too slowly at times, and comes back after a while: nothing
// must be lost in between unless it is told.
func (l *lives) doze(ctx context.Context, random *rand.Rand) {
	for ctx.Err() == nil {
		l.ask(ctx, "following", func(ctx context.Context, one *life) error {
			now, err := one.Status(ctx)
			if err != nil {
				return err
			}
			revision := now.Revision
			for range 3 {
				awake, cancel := context.WithTimeout(ctx, upTo(random, 500*time.Millisecond))
				err := one.Events(awake, &session.Position{Epoch: now.Epoch, Revision: revision}, func(e session.Event) error {
					if e.Revision != revision+1 {
						return fmt.Errorf("revision %d follows %d", e.Revision, revision)
					}
					revision++
					pause(awake, upTo(random, 5*time.Millisecond))
					return awake.Err()
				})
				awoke := awake.Err() == nil
				cancel()
				if awoke && ctx.Err() == nil {
					return err
				}
				pause(ctx, upTo(random, 100*time.Millisecond))
			}
			return nil
		})
	}
}
