package daemon

import (
	"context"
	"errors"

	"sessiond/internal/check"
	"sessiond/internal/config"
	"sessiond/internal/replica"
	"sessiond/internal/session"
)

// freshness says what the age of the view means for checks of tokens.
func (f *Follower) freshness() check.Freshness {
	now := f.replica.Status()
	fresh := check.Freshness{Unusable: f.refuses(&now)}
	if now.Stale != replica.Fresh {
		fresh.Age = now.Age
	}
	return fresh
}

// refuses reports whether nothing can be told of a token: nothing was ever seen, what was
// seen is too old, or the authority does not admit new sessions by itself, so that each new
// login would be denied. What it does comes up to a beat after its sessions.
func (f *Follower) refuses(now *replica.Status) bool {
	switch {
	case now.Head == nil:
		return true
	case now.Stale == replica.Expired && f.settings.OnStale == config.OnStaleRefuse:
		return true
	}
	return f.origin(now).Admit != config.AdmitFollow
}

// lacking is what the check asks about sessions that the follower lacks.
type lacking struct{ *Follower }

// Loaded implements check.Files.
func (l lacking) Loaded() bool { return l.complete() }

// Find implements check.Files. Only the authority can tell, so that there may be a file.
func (l lacking) Find(session.Key) (bool, error) { return true, nil }

var errNotSure = errors.New("the authority is not sure of the session")

// Look implements check.Files: it asks the authority, and waits until the session is here.
func (l lacking) Look(ctx context.Context, key session.Key) (session.Report, error) {
	looked, err := l.engine.Look(ctx, key)
	switch {
	case err != nil:
		return session.Report{}, err
	case !looked.Known:
		return session.Report{}, errNotSure
	case !looked.In:
		return session.Report{}, nil
	case looked.Position == replica.Position{}:
		return session.Report{}, errNotSure // the authority publishes nothing now
	}
	if err := l.replica.Await(ctx, looked.Position); err != nil {
		return session.Report{}, err
	}
	// Where it is not here now, it is too large to be published, or gone again.
	return session.Report{Counts: session.Counts{NotInMemory: 1}}, nil
}
