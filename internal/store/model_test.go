package store_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// model is what the store should show, kept in plain maps.
type model struct {
	sessions  map[session.Key]session.Loaded
	problems  map[session.Key]session.ActiveError
	unsettled map[session.Key]session.Unsettled
	events    []session.Event

	notInMemory int
	passes      uint64
	epoch       session.Epoch
	lastPass    *session.PassSummary
	lastSuccess time.Time
}

func newModel() *model {
	return &model{
		sessions:  map[session.Key]session.Loaded{},
		problems:  map[session.Key]session.ActiveError{},
		unsettled: map[session.Key]session.Unsettled{},
	}
}

func (m *model) revision() uint64 { return startRevision + uint64(len(m.events)) }

func (m *model) clone() *model {
	c := *m
	c.sessions, c.problems, c.unsettled = maps.Clone(m.sessions), maps.Clone(m.problems), maps.Clone(m.unsettled)
	return &c
}

func (m *model) apply(o session.Outcome) {
	at := endOf(int(o.Report.Pass))
	for i, change := range o.ReportWithChanges().Changes {
		event := session.Event{
			Epoch:    m.epoch,
			Revision: m.revision() + 1, At: at, Trigger: o.Report.Trigger,
			Session: change.Session, Email: o.Changes[i].Session.Email(), Action: change.Action, Reason: change.Reason,
		}
		m.events = append(m.events, event)
		if s := o.Changes[i].Now(); s == nil {
			delete(m.sessions, change.Session)
		} else {
			m.sessions[change.Session] = session.Loaded{Session: s, Modified: time.Unix(0, o.Changes[i].Modified).UTC(), LoadedAt: at, Revision: event.Revision}
		}
	}
	turn(m.problems, o.Problems)
	turn(m.unsettled, o.Unsettled)
	m.passes++
	m.notInMemory = o.NotInMemory
	if o.Report.Trigger != session.TriggerRetry {
		last := o.Report.Summary()
		m.lastPass = &last
	}
	if len(o.Report.Unsettled) == 0 {
		m.lastSuccess = at
	}
}

func turn[T any](now map[session.Key]T, turns []session.Transition[T]) {
	for _, t := range turns {
		if t.Now == nil {
			delete(now, t.Session)
		} else {
			now[t.Session] = *t.Now
		}
	}
}

func sorted[T any](all map[session.Key]T) []T {
	values := []T{}
	for _, key := range slices.SortedFunc(maps.Keys(all), session.Key.Compare) {
		values = append(values, all[key])
	}
	return values
}

// foldersFirst is sorted with what covers a folder, or all, in front.
func foldersFirst[T any](all map[session.Key]T) []T {
	files, folders := maps.Clone(all), maps.Clone(all)
	maps.DeleteFunc(files, func(key session.Key, _ T) bool { return !key.IsFile() })
	maps.DeleteFunc(folders, func(key session.Key, _ T) bool { return key.IsFile() })
	return append(sorted(folders), sorted(files)...)
}

// totals are the counts of all app folders.
func (m *model) totals() (sum store.AppCounts) {
	for _, app := range m.apps() {
		sum.Sessions += app.Sessions
		sum.Pending += app.Pending
		sum.Rejected += app.Rejected
	}
	return sum
}

func (m *model) codes() []session.CodeCount {
	counts := []session.CodeCount{}
	for code := session.CodeLocation; code <= session.CodeToken; code++ {
		files := 0
		for _, p := range m.problems {
			if p.Rejects() && p.ErrCode == int(code) {
				files++
			}
		}
		if files > 0 {
			counts = append(counts, session.CodeCount{ErrCode: code, Files: files})
		}
	}
	return counts
}

func (m *model) selected(f store.Query) (page []session.Loaded, next session.Key) {
	walked := 0
	for _, l := range sorted(m.sessions) {
		if f.App != "" && l.Key().App != f.App || l.Key().Compare(f.After) <= 0 {
			continue
		}
		if f.Walk > 0 && walked == f.Walk {
			return page, next
		}
		if (f.Status == "" || l.Status() == f.Status) && (f.Email == "" || strings.EqualFold(l.Details().Email, f.Email)) {
			if f.Limit > 0 && len(page) == f.Limit {
				return page, next
			}
			page = append(page, l)
		}
		walked++
		next = l.Key()
	}
	return page, session.Key{}
}

func (m *model) apps() []store.App {
	apps := map[string]store.App{}
	for _, l := range sorted(m.sessions) {
		folder, says := l.Key().App, l.Details()
		app := apps[folder]
		app.App, app.Team, app.Application = folder, says.Team.ID, says.Application.ID
		if name := says.Application.Name; app.Name == "" || name != "" && name < app.Name {
			app.Name = name
		}
		app.Sessions++
		if l.Status() == session.StatusPending {
			app.Pending++
		}
		apps[folder] = app
	}
	for _, p := range m.problems {
		if p.Rejects() {
			app := apps[p.Session.App]
			app.App = p.Session.App
			app.Rejected++
			apps[app.App] = app
		}
	}
	list := append([]store.App{}, slices.Collect(maps.Values(apps))...)
	slices.SortFunc(list, func(a, b store.App) int { return cmp.Compare(a.App, b.App) })
	return list
}
