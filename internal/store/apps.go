package store

import (
	"iter"

	"sessiond/internal/session"
)

// AppCounts are the counts of one app folder. They are kept up to date with every
// change, so that listing the apps does not go through all sessions.
type AppCounts struct {
	Sessions int // in memory
	Pending  int // of these
	Rejected int // files
}

func countSession(s *session.Session) AppCounts {
	switch {
	case s == nil:
		return AppCounts{}
	case s.Status() == session.StatusPending:
		return AppCounts{Sessions: 1, Pending: 1}
	default:
		return AppCounts{Sessions: 1}
	}
}

func countProblem(p *session.ActiveError) AppCounts {
	if p == nil || !p.Rejects() {
		return AppCounts{}
	}
	return AppCounts{Rejected: 1}
}

func (t AppCounts) plus(u AppCounts) AppCounts {
	return AppCounts{t.Sessions + u.Sessions, t.Pending + u.Pending, t.Rejected + u.Rejected}
}

func (t AppCounts) minus(u AppCounts) AppCounts {
	return AppCounts{t.Sessions - u.Sessions, t.Pending - u.Pending, t.Rejected - u.Rejected}
}

// addCounts adds to the counts of an app folder. A folder whose counts become zero
// is no longer an app.
func (s *Store) addCounts(app string, more AppCounts) {
	if more == (AppCounts{}) {
		return
	}
	old, _ := s.counts.get(app)
	if now := old.plus(more); now == (AppCounts{}) {
		s.counts.drop(app)
	} else {
		s.counts.put(app, now)
	}
}

// AppCounts yields the counts of every app folder that has a session in memory or a
// rejected file, in the order of their names.
func (v *View) AppCounts() iter.Seq2[string, AppCounts] { return v.counts.from("") }

// App is an app folder, with what its sessions say of it and what is counted of it.
type App struct {
	App         string // the name of the folder
	Team        string
	Application string
	Name        string
	Sessions    int
	Pending     int
	Rejected    int
}

// Apps returns every app folder that has a session in memory or a rejected file,
// sorted by name. Team and application are those of its first session; of the names that
// its sessions give, it is the first in their order. They are empty where there is none.
// It takes time for each app, and none for each session.
func (v *View) Apps() []App {
	apps := make([]App, 0, v.counts.len())
	for folder, t := range v.AppCounts() {
		app := App{App: folder, Sessions: t.Sessions, Pending: t.Pending, Rejected: t.Rejected}
		for r := range v.within(folder, session.Key{}) {
			says := r.session.Details()
			app.Team, app.Application = says.Team.ID, says.Application.ID
			break
		}
		app.Name = v.names.firstOf(folder)
		apps = append(apps, app)
	}
	return apps
}
