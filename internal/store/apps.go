package store

import (
	"cmp"

	"sessiond/internal/session"
)

// tally counts what there is of one app folder. Tallies are kept up with every
// change, so that listing the apps does not go through all sessions.
type tally struct {
	sessions, pending, rejected int
}

func tallySession(s *session.Session) tally {
	switch {
	case s == nil:
		return tally{}
	case s.Status() == session.StatusPending:
		return tally{sessions: 1, pending: 1}
	default:
		return tally{sessions: 1}
	}
}

func tallyProblem(p *session.Standing) tally {
	if p == nil || !p.Rejects() {
		return tally{}
	}
	return tally{rejected: 1}
}

func (t tally) plus(u tally) tally {
	return tally{t.sessions + u.sessions, t.pending + u.pending, t.rejected + u.rejected}
}

func (t tally) minus(u tally) tally {
	return tally{t.sessions - u.sessions, t.pending - u.pending, t.rejected - u.rejected}
}

// tally adds to what is counted of an app folder. A folder of which nothing is
// left is no longer an app.
func (s *Store) tally(app string, more tally) {
	if more == (tally{}) {
		return
	}
	old, _ := s.tallies.get(app)
	if now := old.plus(more); now == (tally{}) {
		s.tallies.drop(app)
	} else {
		s.tallies.put(app, now)
	}
}

// folderTally counts the sessions of one app folder after the other, so that a
// load does not look for the folder with every session.
type folderTally struct {
	store *Store
	app   string
	more  tally
}

// turn counts that a session was replaced by another; nil is none.
func (f *folderTally) turn(old, now *session.Session) {
	of := cmp.Or(now, old)
	if of == nil {
		return
	}
	if app := of.App(); app != f.app {
		f.add()
		f.app = app
	}
	f.more = f.more.plus(tallySession(now)).minus(tallySession(old))
}

// add hands over what was counted.
func (f *folderTally) add() {
	f.store.tally(f.app, f.more)
	f.more = tally{}
}

// Apps returns every app folder that has a session in memory or a rejected file,
// sorted by name. Team and application are those of its first session, the
// name is the first one a session gives; they are empty where there is none.
func (v *View) Apps() []session.App {
	apps := make([]session.App, 0, v.tallies.len())
	for folder, t := range v.tallies.from("") {
		app := v.describe(folder)
		app.Sessions, app.Pending, app.Rejected = t.sessions, t.pending, t.rejected
		apps = append(apps, app)
	}
	return apps
}

// describe returns what the sessions of an app folder say about it.
func (v *View) describe(folder string) session.App {
	app := session.App{App: folder}
	for r := range v.within(folder, "") {
		says := r.session.Details()
		if app.Application == "" {
			app.Team, app.Application = says.Team.ID, says.Application.ID
		}
		if says.Application.Name != "" {
			app.Name = says.Application.Name
			break
		}
	}
	return app
}
