package control

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/session"
)

// sample is an answer with everything in it, and one with nothing.
type sample struct{ full, empty any }

// answers returns a sample of each schema in docs/openapi.yaml.
func answers() map[string]sample {
	key := session.Key{App: "TEAM.com.example", ID: "0123"}
	now := time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)
	yes := true

	change := session.Change{Session: key, Action: session.ActionRemoved, Reason: session.RemovedDeleted}
	wrong := *session.NewProblem(key, session.CodeSyntax, "line 1, column 1")
	standing := session.ActiveError{Problem: wrong, Since: now}
	unsettled := session.Unsettled{Session: key, Since: now, Reason: session.ReasonInMotion}
	report := session.Report{
		Pass: 1, Trigger: session.TriggerSocket, Scope: session.ScopeFull, StartedAt: now, DurationMs: 1.5,
		Counts: session.Counts{
			Checked: 6, Updated: 1, Unchanged: 1, NotInMemory: 1, Admitted: 1, Rejected: 1, Removed: 1,
		},
		Changes: []session.Change{change}, Errors: []session.Problem{wrong}, Unsettled: []session.Unsettled{unsettled},
	}
	watch := session.Watch{Mode: "poll", Degraded: true, Reason: "no watches", Watches: 1}
	status := session.Status{
		Version: "1.0", PID: 1, StartedAt: now, Root: "/srv", Admit: "restore", Watch: watch,
		Sessions: 1, NotInMemory: 1, Revision: 1, Passes: 1, Busy: true, LastPass: &report, LastSuccess: now,
		Errors: []session.ActiveError{standing}, Unsettled: []session.Unsettled{unsettled}, Hints: []string{"hint"},
	}
	app := session.App{
		App: "TEAM.com.example", Team: "TEAM", Application: "com.example", Name: "Example",
		Sessions: 2, Pending: 1, Rejected: 1,
	}
	summary := session.Summary{
		Session: key, App: key.App, ID: key.ID, Status: session.StatusPending, Email: "a@example.com",
		Application: session.Application{ID: "com.example", Name: "Example", Version: "1"},
		Team:        session.Team{ID: "TEAM"},
		Device:      session.Device{ID: "1", Description: "phone", OS: "iOS", Version: "18", Simulator: &yes},
		IP:          "192.0.2.1", LoadedAt: now, Revision: 1,
	}
	event := session.Event{
		Revision: 1, At: now, Session: key, Action: session.ActionRemoved, Reason: session.RemovedInvalid, Trigger: session.TriggerWatch,
	}
	failure := *newProblem(422, "rejected")
	failure.Rejected = &wrong

	return map[string]sample{
		"Report":        {report, session.Report{}},
		"Change":        {change, session.Change{}},
		"FileError":     {wrong, session.Problem{}},
		"StandingError": {standing, session.ActiveError{}},
		"Unsettled":     {unsettled, session.Unsettled{}},
		"Status":        {status, session.Status{}},
		"Watch":         {watch, session.Watch{}},
		"Apps":          {appList{Apps: []session.App{app}}, appList{}},
		"App":           {app, session.App{}},
		"Page":          {page{Sessions: []session.Summary{summary}, Next: "x", Revision: 1}, page{}},
		"Summary":       {summary, session.Summary{}},
		"Session":       {detail{Summary: summary, Content: jsontext.Value(`{"status":"pending"}`)}, detail{Content: jsontext.Value(`{}`)}},
		"Event":         {event, session.Event{}},
		"Health":        {health{Status: "ok"}, health{}},
		"Problem":       {failure, problem{}},
	}
}

// page is what [appendPage] appends.
type page struct {
	Sessions []session.Summary `json:"sessions"`
	Next     string            `json:"next,omitempty"`
	Revision uint64            `json:"revision"`
}

// detail is what [session.Loaded.AppendDetail] appends.
type detail struct {
	session.Summary
	Content jsontext.Value `json:"content"`
}

// What is appended has exactly the members of what is described.
func TestAppended(t *testing.T) {
	one := session.Loaded{
		Session:  session.New(session.Key{App: "a.b", ID: "c"}, []byte(`{"email":"e","application":{"version":1}}`), session.StatusPending, session.Digest{}),
		LoadedAt: time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC), Revision: 7,
	}
	for name, test := range map[string]struct {
		got  []byte
		read any
	}{
		"an empty page": {appendPage(nil, nil, false, 5), new(page)},
		"a last page":   {appendPage(nil, []session.Loaded{one}, false, 5), new(page)},
		"a page":        {appendPage(nil, []session.Loaded{one, one}, true, 5), new(page)},
		"a session":     {one.AppendDetail(nil), new(detail)},
	} {
		if err := json.Unmarshal(test.got, test.read, json.RejectUnknownMembers(true)); err != nil {
			t.Errorf("%s: cannot read %s: %v", name, test.got, err)
			continue
		}
		if again, err := json.Marshal(test.read); err != nil || !bytes.Equal(again, test.got) {
			t.Errorf("%s: %v\ngot  %s\nwant %s", name, err, test.got, again)
		}
	}
}

// mustBeFull fails where a sample was forgotten when a member was added.
func mustBeFull(t *testing.T, value any) {
	t.Helper()
	v := reflect.ValueOf(value)
	for _, field := range reflect.VisibleFields(v.Type()) {
		if !field.IsExported() {
			continue
		}
		if member := v.FieldByIndex(field.Index); member.IsZero() {
			t.Errorf("the sample of %s has no %s", v.Type(), field.Name)
		} else if member.Kind() == reflect.Struct && field.Type != reflect.TypeFor[time.Time]() {
			mustBeFull(t, member.Interface())
		}
	}
}
