package control

import (
	"reflect"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// sample is an answer with everything in it, and one with nothing.
type sample struct{ full, empty any }

// answers returns a sample of each schema in docs/openapi.yaml.
func answers() map[string]sample {
	key := session.Key{App: "TEAM.com.example", ID: "0123"}
	now := time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)
	yes, uid, gid := true, 1000, 100

	change := session.Change{Session: key, Action: session.ActionRemoved, Reason: session.RemovedDeleted}
	wrong := *session.NewProblem(key, session.CodeSyntax, "line 1, column 1")
	known := session.LastKnown{Email: "a@example.com", Device: "phone"}
	active := session.ActiveError{Problem: wrong, Since: now, Modified: session.FileTime(now.UnixNano()), LastKnown: &known}
	unsettled := session.Unsettled{Session: key, Since: now, Reason: session.ReasonInMotion}
	report := session.Report{
		Pass: 1, Trigger: session.TriggerSocket, Scope: session.ScopeFull, StartedAt: now, DurationMs: 1.5,
		Counts: session.Counts{
			Checked: 6, Updated: 1, Unchanged: 1, NotInMemory: 1, Admitted: 1, Rejected: 1, Removed: 1,
		},
		Changes: []session.Change{change}, Errors: []session.Problem{wrong}, Unsettled: []session.Unsettled{unsettled},
	}
	last := report.Summary()
	last.UnsettledCounts = session.UnsettledCounts{InMotion: 1, ManyGone: 1, Unreadable: 1}
	write := api.Write{Enabled: true, Via: "node north", Method: "exchange", Reason: "reason"}
	hint := api.Hint{Code: api.HintRejected, Text: "1 file is rejected"}
	watch := api.Watch{Mode: "poll", Degraded: true, Reason: "no watches", Watches: 1}
	licences, checks := api.Licences{Owned: 1, Accepted: 1}, api.Checks{Allowed: 1, Denied: 2, Unavailable: 3}
	notifyError := api.NotifyError{ErrCode: 2, ComponentSignature: session.ComponentMobi, Message: "wrong"}
	notify := api.Notify{
		URL: "http://127.0.0.1/", State: api.NotifyFailing, Reason: "down", Since: now, Updated: 1, Removed: 1, LastSuccess: now, Revision: 1,
		Errors: []api.NotifyError{notifyError}, ErrorsTotal: 1, Answer: "it was cut off",
	}
	removals := api.Removals{Removed: 1, Sessions: 1}
	replica := api.Replica{
		Role: api.RoleFollower, Name: "main", Node: "south", Engine: "nats-server", State: "stale", Reason: "down", Code: "version",
		Authority: "north", Epoch: 1, Head: 1, HeadAt: now, Sum: "0", Age: 1.5, Refusing: true,
		Fulls: 1, Mismatches: 1, Losses: 1, Fenced: 1, Pending: 1, Omitted: 1, WouldRemove: &removals,
	}
	status := api.Status{
		Replica: &replica, Notify: &notify, Version: "1.0", PID: 1, StartedAt: now, Root: "/srv", Admit: "restore", Write: write, Watch: watch,
		Sessions: 1, Pending: 1, NotInMemory: 1, NotInMemoryFiles: []session.UnadmittedFile{{Session: key, Since: now}},
		Rejected: 1, RejectedByCode: []session.CodeCount{{ErrCode: session.CodeSyntax, Files: 1}}, Epoch: 1, Revision: 1, Passes: 1, Busy: true, LastPass: &last, LastSuccess: now,
		Errors: []session.ActiveError{active}, ErrorsTotal: 1, Unsettled: []session.Unsettled{unsettled}, UnsettledTotal: 1,
		UnsettledCounts: last.UnsettledCounts, Hints: []api.Hint{hint},
		Licences: &licences, Checks: &checks, SeenSince: now,
	}
	app := api.App{
		App: "TEAM.com.example", Team: "TEAM", Application: "com.example", Name: "Example",
		Sessions: 2, Pending: 1, Rejected: 1,
	}
	summary := api.Summary{
		Session: key, App: key.App, ID: key.ID, Status: session.StatusPending, Email: "a@example.com",
		Application: session.Application{ID: "com.example", Name: "Example", Version: "1"},
		Team:        session.Team{ID: "TEAM"},
		Device:      session.Device{ID: "1", Description: "phone", OS: "iOS", Version: "18", Simulator: &yes},
		IP:          "192.0.2.1", Modified: now, LoadedAt: now, Revision: 1, SeenAt: now,
	}
	event := session.Event{
		Epoch: 1, Revision: 1, At: now, Session: key, Email: "a@example.com", Action: session.ActionRemoved, Reason: session.RemovedInvalid, Trigger: session.TriggerWatch,
	}
	failure := api.NewProblem(api.KindRejected, "rejected")
	failure.Rejected, failure.Current, failure.ETag = &wrong, &summary, "ab"
	failure.Owner, failure.Folder, failure.Remedy = "1000:100", "/srv/TEAM.com.example", "run as that user"

	accepted, email := session.StatusAccepted, "a@example.com"
	state := api.State{Status: accepted, Email: email}
	item := api.TrashItem{
		ID: "20261122-180000-1f0c9a3e", Session: key, RemovedAt: now, Until: now, Reason: "deleted",
		Status: accepted, Email: email, Device: "phone", Size: 580,
	}
	uid32, gid32 := uint32(1000), uint32(100)
	actor := api.Actor{UID: &uid32, User: "anna", GID: &gid32, PID: 7, Via: "replica", Node: "south", Claimed: map[string]string{
		"client": "console", "user": "anna", "uid": "1000", "pid": "7",
	}}
	entry := api.AuditEntry{
		At: now, Seq: 2, Actor: &actor, Action: "accept", Session: key.Short(), Device: "phone", Before: &state, After: &state,
		ETag: "ab", Reason: "why", Trigger: session.TriggerWatch, Intent: 1, Result: "done", Error: "no", Count: 1,
	}
	rejected := api.RejectedFile{ActiveError: active, Remedy: "delete it", Path: "/srv/f", ETag: "ab"}

	set := api.Set{Status: &accepted, Email: &email}
	changed := api.ChangeResult{
		Session: key, ETag: "ab", Before: &state, After: &state, Changed: true, Device: "phone", Application: "Example",
		Pass: 1, InMemory: true, Trash: item.ID, Hints: []api.Hint{hint}, Problem: &failure,
	}
	filter := session.Filter{Words: "a", App: "a.b", Status: accepted, Email: "a", Domain: "b", Device: "c", OS: "d", ModifiedBefore: now, SeenBefore: now, Duplicate: session.DuplicateAny}
	would := api.ChangesWould{Change: 1, Nothing: 1, Refuse: 1}
	made := api.ChangesSummary{Changed: 1, Unchanged: 1, Failed: 1, Visible: new(false)}

	return map[string]sample{
		"Report":          {report, session.Report{}},
		"PassSummary":     {last, session.PassSummary{}},
		"UnsettledCounts": {last.UnsettledCounts, session.UnsettledCounts{}},
		"UnadmittedPage":  {api.UnadmittedPage{Files: []session.UnadmittedFile{{Session: key, Since: now}}, Next: "x", Epoch: 1, Revision: 1}, api.UnadmittedPage{}},
		"UnadmittedFile":  {session.UnadmittedFile{Session: key, Since: now}, session.UnadmittedFile{}},
		"Change":          {change, session.Change{}},
		"FileError":       {wrong, session.Problem{}},
		"ActiveError":     {active, session.ActiveError{}},
		"LastKnown":       {known, session.LastKnown{}},
		"Unsettled":       {unsettled, session.Unsettled{}},
		"Status":          {status, api.Status{}},
		"Licences":        {licences, api.Licences{}},
		"Checks":          {checks, api.Checks{}},
		"CodeCount":       {session.CodeCount{ErrCode: session.CodeSyntax, Files: 1}, session.CodeCount{}},
		"Watch":           {watch, api.Watch{}},
		"Notify":          {notify, api.Notify{}},
		"NotifyError":     {notifyError, api.NotifyError{}},
		"Apps":            {api.Apps{Apps: []api.App{app}}, api.Apps{}},
		"App":             {app, api.App{}},
		"DuplicatePage":   {api.DuplicatePage{Duplicates: []api.DuplicateGroup{{Certain: true, Total: 2, Sessions: []api.Summary{summary}}}, Next: "x", Epoch: 1, Revision: 1}, api.DuplicatePage{}},
		"DuplicateGroup":  {api.DuplicateGroup{Certain: true, Total: 2, Sessions: []api.Summary{summary}}, api.DuplicateGroup{}},
		"Page":            {api.Page{Sessions: []api.Summary{summary}, Next: "x", Total: new(1), Epoch: 1, Revision: 1}, api.Page{}},
		"Summary":         {summary, api.Summary{}},
		"Session":         {api.Detail{Summary: summary, Content: jsontext.Value(`{"status":"pending"}`)}, api.Detail{Content: jsontext.Value(`{}`)}},
		"Event":           {event, session.Event{}},
		"Me":              {api.Me{UID: &uid, GID: &gid, User: "anna", Level: "admin", Write: write}, api.Me{}},
		"Write":           {write, api.Write{}},
		"Replica":         {replica, api.Replica{Role: api.RoleAuthority, State: "away"}},
		"Removals":        {removals, api.Removals{}},
		"Health":          {api.Health{Status: "ok"}, api.Health{}},
		"Problem":         {failure, api.Problem{}},
		"ErrorPage": {api.ErrorPage{
			Errors: status.Errors, ErrorsTotal: 1, Unsettled: status.Unsettled, UnsettledTotal: 1, Next: "x", Epoch: 1, Revision: 1,
		}, api.ErrorPage{}},
		"Hint":  {hint, api.Hint{}},
		"Set":   {set, api.Set{}},
		"State": {state, api.State{}},
		"Edit": {
			api.Edit{Summary: &summary, Before: &state, Changed: true, ETag: "ab", Pass: 1, Trash: item.ID, InMemory: true, Visible: new(false), Hints: []api.Hint{hint}},
			api.Edit{},
		},
		"Filter": {filter, session.Filter{}},
		"Changes": {api.Changes{
			Select:   &filter,
			Sessions: []api.ChangeItem{{Session: key, ETag: "ab"}}, Set: &set, Delete: true, NoTrash: true, Reason: "why", DryRun: true, Max: 1,
		}, api.Changes{}},
		"ChangeItem":     {api.ChangeItem{Session: key, ETag: "ab"}, api.ChangeItem{}},
		"ChangesPlan":    {api.ChangesPlan{Matched: 1, Would: would, Items: []api.ChangeResult{changed}}, api.ChangesPlan{}},
		"ChangesWould":   {would, api.ChangesWould{}},
		"ChangeResult":   {changed, api.ChangeResult{}},
		"ChangesEnd":     {api.ChangesEnd{Summary: made}, api.ChangesEnd{}},
		"ChangesSummary": {made, api.ChangesSummary{}},

		"TrashPage":    {api.TrashPage{Items: []api.TrashItem{item}, Next: "x", Unreadable: 1}, api.TrashPage{}},
		"TrashItem":    {item, api.TrashItem{}},
		"Purged":       {api.Purged{Purged: 1, Items: []api.TrashItem{item}}, api.Purged{}},
		"AuditPage":    {api.AuditPage{Entries: []api.AuditEntry{entry}, Next: "1"}, api.AuditPage{}},
		"AuditEntry":   {entry, api.AuditEntry{}},
		"Actor":        {actor, api.Actor{}},
		"RejectedPage": {api.RejectedPage{Files: []api.RejectedFile{rejected}, Next: "x", Epoch: 1, Revision: 1}, api.RejectedPage{}},
		"RejectedFile": {rejected, api.RejectedFile{}},
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
