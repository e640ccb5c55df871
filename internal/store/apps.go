package store

import (
	"iter"

	"sessiond/internal/session"
)

// Tally counts what there is of one app folder. Tallies are kept up with every
// change, so that listing the apps does not go through all sessions.
type Tally struct {
	Sessions int // in memory
	Pending  int // of these
	Rejected int // files
}

func tallySession(s *session.Session) Tally {
	switch {
	case s == nil:
		return Tally{}
	case s.Status() == session.StatusPending:
		return Tally{Sessions: 1, Pending: 1}
	default:
		return Tally{Sessions: 1}
	}
}

func tallyProblem(p *session.Standing) Tally {
	if p == nil || !p.Rejects() {
		return Tally{}
	}
	return Tally{Rejected: 1}
}

func (t Tally) plus(u Tally) Tally {
	return Tally{t.Sessions + u.Sessions, t.Pending + u.Pending, t.Rejected + u.Rejected}
}

func (t Tally) minus(u Tally) Tally {
	return Tally{t.Sessions - u.Sessions, t.Pending - u.Pending, t.Rejected - u.Rejected}
}

// tally adds to what is counted of an app folder. A folder of which nothing is
// left is no longer an app.
func (s *Store) tally(app string, more Tally) {
	if more == (Tally{}) {
		return
	}
	old, _ := s.tallies.get(app)
	if now := old.plus(more); now == (Tally{}) {
		s.tallies.drop(app)
	} else {
		s.tallies.put(app, now)
	}
}

// Tallies yields the tally of every app folder that has a session in memory or a
// rejected file, in the order of their names.
func (v *View) Tallies() iter.Seq2[string, Tally] { return v.tallies.from("") }

// Apps returns every app folder that has a session in memory or a rejected file,
// sorted by name. Team and application are those of its first session, the
// name is the first one a session gives; they are empty where there is none.
func (v *View) Apps() []session.App {
	apps := make([]session.App, 0, v.tallies.len())
	for folder, t := range v.Tallies() {
		app := v.describe(folder)
		app.Sessions, app.Pending, app.Rejected = t.Sessions, t.Pending, t.Rejected
		apps = append(apps, app)
	}
	return apps
}

// describe returns what the sessions of an app folder say about it.
func (v *View) describe(folder string) session.App {
	app := session.App{App: folder}
	for r := range v.within(folder, session.Key{}) {
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
