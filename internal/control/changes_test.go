package control_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/admin"
	"sessiond/internal/api"
	"sessiond/internal/control"
	"sessiond/internal/edit"
	"sessiond/internal/session"
)

func (w *world) changes(body string) answer {
	w.t.Helper()
	return w.ask(http.MethodPost, "/v1/changes", strings.NewReader(body))
}

// someChanges is the body of a request for so many sessions.
func someChanges(n int, more string) string {
	var items []string
	for i := range n {
		items = append(items, fmt.Sprintf(`{"session":"a.b/%08d","etag":"%032x"}`, i, i))
	}
	return `{"sessions":[` + strings.Join(items, ",") + `],"set":{"status":"accepted"}` + more + `}`
}

// What does not say which sessions are to be changed and how is refused, and nothing is asked
// for.
func TestBadChanges(t *testing.T) {
	w := newWorld(t, writing)
	w.admin.many = func(context.Context, []edit.Item, func([]admin.Ended)) { t.Error("it is carried out") }
	const set, item = `"set":{"status":"accepted"}`, `{"session":"a.b/c","etag":"00000000000000000000000000000000"}`
	for name, tc := range map[string]struct {
		body   string
		status int
		detail string
	}{
		"no JSON":                   {`{`, 400, "not JSON"},
		"an array":                  {`[]`, 422, "not as it is to be"},
		"nothing":                   {`{}`, 422, "either set or delete"},
		"set and delete":            {`{"sessions":[` + item + `],` + set + `,"delete":true}`, 422, "either set or delete"},
		"an unknown member":         {`{"sessions":[` + item + `],` + set + `,"all":true}`, 422, `"/all"`},
		"nothing to set":            {`{"sessions":[` + item + `],"set":{}}`, 422, "nothing is to be set"},
		"null to set":               {`{"sessions":[` + item + `],"set":null}`, 422, "what to set"},
		"an unknown member to set":  {`{"sessions":[` + item + `],"set":{"token":"x"}}`, 422, `"token" cannot be set`},
		"a wrong status":            {`{"sessions":[` + item + `],"set":{"status":"x"}}`, 422, "status must be"},
		"a change without trash":    {`{"sessions":[` + item + `],` + set + `,"noTrash":true}`, 422, "noTrash"},
		"neither of both":           {`{` + set + `}`, 422, "neither sessions nor select"},
		"both":                      {`{"select":{"app":"a.b"},"sessions":[` + item + `],` + set + `,"dryRun":true}`, 422, "either select or sessions"},
		"no sessions":               {`{"sessions":[],` + set + `}`, 422, "neither sessions nor select"},
		"an empty filter":           {`{"select":{},` + set + `,"dryRun":true}`, 422, "select is empty"},
		"an empty member":           {`{"select":{"domain":""},` + set + `,"dryRun":true}`, 422, "domain is empty"},
		"an unknown filter":         {`{"select":{"mail":"x"},` + set + `,"dryRun":true}`, 422, "mail"},
		"a filter of another type":  {`{"select":"all",` + set + `,"dryRun":true}`, 422, "/select"},
		"a filter in a real change": {`{"select":{"app":"a.b"},` + set + `}`, 422, "select is for dry runs only"},
		"more than there may be":    {`{"select":{"app":"a.b"},` + set + `,"dryRun":true,"max":20001}`, 422, "1 to 20000"},
		"fewer than none":           {`{"select":{"app":"a.b"},` + set + `,"dryRun":true,"max":-1}`, 422, "1 to 20000"},
		"at most some sessions":     {`{"sessions":[` + item + `],` + set + `,"dryRun":true,"max":5}`, 422, "max is for select"},
		"a session twice":           {`{"sessions":[` + item + `,` + item + `],` + set + `}`, 422, "is there twice"},
		"no session":                {`{"sessions":[{"etag":"00000000000000000000000000000000"}],` + set + `}`, 422, "sessions[0] names none"},
		"no key":                    {`{"sessions":[{"session":"nokey","etag":"00000000000000000000000000000000"}],` + set + `}`, 422, "session cannot be read"},
		"no entity tag":             {`{"sessions":[{"session":"a.b/c"}],` + set + `}`, 422, "etag of the session"},
		"a wrong entity tag":        {`{"sessions":[{"session":"a.b/c","etag":"x"}],` + set + `,"dryRun":true}`, 422, "etag of the session"},
		"a long reason":             {`{"sessions":[` + item + `],` + set + `,"reason":"` + strings.Repeat("x", 501) + `"}`, 422, "500 bytes"},
		"a strange reason":          {`{"sessions":[` + item + `],` + set + `,"reason":"\u0000"}`, 422, "control characters"},
		"too many":                  {someChanges(20_001, ""), 422, "20001 sessions; 20000"},
	} {
		t.Run(name, func(t *testing.T) { w.changes(tc.body).mustFail(t, tc.status, tc.detail) })
	}
	w.ask(http.MethodPost, "/v1/changes?dryRun=1", strings.NewReader(someChanges(1, ""))).mustFail(t, 400, "unknown parameter")
}

// The body of this route may be longer than others', for administrators.
func TestLongChanges(t *testing.T) {
	const most = 4 << 20
	w := newWorld(t, writing)
	body := someChanges(20_000, "")
	body += strings.Repeat(" ", most-len(body))
	if got := w.changes(body).mustBe(t, "application/x-ndjson"); len(w.admin.items) != 20_000 {
		t.Errorf("asked for %d: %s", len(w.admin.items), got.body[:100])
	}
	w.changes(body+" ").mustFail(t, http.StatusRequestEntityTooLarge, fmt.Sprint(most))

	reader := newWorld(t, writing, readOnly)
	reader.changes(someChanges(1, "")).mustFail(t, http.StatusForbidden, "administrators")
	reader.changes(strings.Repeat(" ", 65537)).mustFail(t, http.StatusRequestEntityTooLarge, "65536")
	newWorld(t).changes(someChanges(1, "")).mustFail(t, http.StatusForbidden, "--write off")
}

// A dry run shows the sessions of a filter, and what would become of each.
func TestDryRunOfMany(t *testing.T) {
	w := newWorld(t, writing)
	all := sessions("a.b", 7)
	w.pass(append(all, newSession(session.Key{App: "c.d", ID: "1"}, "anna@example.com"))...)
	problem := &edit.Error{Kind: edit.KindRefused, Detail: "no", Remedy: "do this"}
	w.admin.many = func(_ context.Context, items []edit.Item, tell func([]admin.Ended)) {
		for i, item := range slices.Backward(items) { // in whatever order
			ended := admin.Ended{Answer: admin.Answer{Result: edit.Result{Key: item.Key, Before: all[i], After: all[i], Read: all[i].Digest(), Changed: i > 0}}}
			if i == 2 {
				ended = admin.Ended{Answer: admin.Answer{Result: edit.Result{Key: item.Key}}, Err: problem}
			}
			tell([]admin.Ended{ended})
		}
	}
	plan := read[api.ChangesPlan](t, w.changes(`{"select":{"app":"a.b"},"set":{"email":"x"},"dryRun":true,"max":5,"reason":"why"}`).mustBe(t, "application/json"))
	if want := (api.ChangesWould{Change: 3, Nothing: 1, Refuse: 1}); plan.Matched != 7 || plan.Would != want || len(plan.Items) != 5 {
		t.Errorf("the plan is %+v", plan)
	}
	for i, item := range plan.Items {
		want := api.ChangeResult{
			Session: all[i].Key(), ETag: all[i].Digest().String(), Changed: i > 0, Device: "Anna’s iPhone", Application: "Contact",
			Before: &api.State{Status: "accepted", Email: "anna@example.com"}, After: &api.State{Status: "accepted", Email: "anna@example.com"},
		}
		if i == 2 {
			want = api.ChangeResult{Session: all[i].Key(), Problem: item.Problem}
			if item.Problem == nil || item.Problem.Type != api.KindNotWritable || item.Problem.Remedy != "do this" {
				t.Errorf("the problem is %+v", item.Problem)
			}
		}
		if diff := cmp.Diff(want, item); diff != "" {
			t.Error(diff)
		}
	}
	if !w.admin.order.DryRun || w.admin.order.Reason != "why" || *w.admin.set.Email != "x" || w.admin.deletes {
		t.Errorf("asked for %+v, %+v", w.admin.order, w.admin.set)
	}
	plan = read[api.ChangesPlan](t, w.changes(`{"select":{"domain":"example.org"},"delete":true,"dryRun":true}`).mustBe(t, "application/json"))
	if plan.Matched != 0 || plan.Items == nil || !w.admin.deletes {
		t.Errorf("the plan of none is %+v", plan)
	}
}

// changesConn is a client that reads what becomes of its changes.
func (w *world) changesConn(body string) (io.Closer, *bufio.Reader) {
	conn := w.dial()
	write(w.t, conn, fmt.Sprintf("POST /v1/changes HTTP/1.1\r\nHost: sessiond\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return conn, bufio.NewReader(resp.Body)
}

func readLine[T any](t *testing.T, r *bufio.Reader) T {
	t.Helper()
	line, err := r.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	return read[T](t, answer{body: line})
}

func endedAs(key session.Key, changed bool) []admin.Ended {
	return []admin.Ended{{Answer: admin.Answer{Result: edit.Result{Key: key, Changed: changed}}}}
}

// A client reads of each session as soon as that is changed, and of all in the end.
func TestLinesComeAsChangesAreMade(t *testing.T) {
	w := newWorld(t, writing)
	read := make(chan struct{})
	w.admin.many = func(_ context.Context, items []edit.Item, tell func([]admin.Ended)) {
		tell(endedAs(items[0].Key, true))
		<-read
		tell(endedAs(items[1].Key, false))
		tell([]admin.Ended{{Answer: admin.Answer{Result: edit.Result{Key: items[2].Key}}, Err: &edit.Error{Kind: edit.KindPrecondition, Digest: session.DigestOf(nil)}}})
	}
	_, lines := w.changesConn(someChanges(3, `,"reason":"why"`))
	if first := readLine[api.ChangeResult](t, lines); first.Session.ID != "00000000" || !first.Changed {
		t.Errorf("the first line is %+v", first)
	}
	close(read)
	if second := readLine[api.ChangeResult](t, lines); second.Session.ID != "00000001" || second.Changed {
		t.Errorf("the second line is %+v", second)
	}
	if third := readLine[api.ChangeResult](t, lines); third.Problem == nil || third.Problem.Status != 412 || third.ETag != session.DigestOf(nil).String() {
		t.Errorf("the third line is %+v", third)
	}
	if last, want := readLine[api.ChangesEnd](t, lines), (api.ChangesSummary{Changed: 1, Unchanged: 1, Failed: 1}); last.Summary != want {
		t.Errorf("the last line is %+v", last)
	}
	if want := session.Digest([]byte{15: 2}); *w.admin.items[2].IfMatch != want || w.admin.order.Reason != "why" || w.admin.order.DryRun {
		t.Errorf("asked for %+v, %+v", w.admin.items, w.admin.order)
	}
}

// What was begun goes on to its end although the client is gone.
func TestChangesGoOnWithoutTheClient(t *testing.T) {
	w := newWorld(t, writing)
	gone, ended := make(chan struct{}), make(chan error, 1)
	w.admin.many = func(ctx context.Context, items []edit.Item, tell func([]admin.Ended)) {
		tell(endedAs(items[0].Key, true))
		<-gone
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond): // the end of the connection is noticed sooner
		}
		for _, item := range items[1:] {
			tell(endedAs(item.Key, true))
		}
		ended <- ctx.Err()
	}
	conn, lines := w.changesConn(someChanges(1000, ""))
	readLine[api.ChangeResult](t, lines)
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	close(gone)
	if err := <-ended; err != nil {
		t.Errorf("it was given up: %v", err)
	}
}

// Who does not read holds up neither the changes nor others.
func TestChangesOfAClientThatDoesNotRead(t *testing.T) {
	w := newWorld(t, writing)
	ended := make(chan struct{})
	device := strings.Repeat("x", 500)
	w.admin.many = func(_ context.Context, items []edit.Item, tell func([]admin.Ended)) {
		s := newSessionOf(items[0].Key, session.StatusAccepted, "anna@example.com", device)
		for _, item := range items {
			tell([]admin.Ended{{Answer: admin.Answer{Result: edit.Result{Key: item.Key, After: s}}}})
		}
		close(ended)
	}
	_, lines := w.changesConn(someChanges(20_000, ""))
	<-ended
	w.get("/v1/sessions").mustBe(t, "application/json")
	for range 20_000 {
		readLine[api.ChangeResult](t, lines)
	}
	if last := readLine[api.ChangesEnd](t, lines); last.Summary.Unchanged != 20_000 {
		t.Errorf("the last line is %+v", last)
	}
}

// The end of the daemon ends what was begun, and what is left is told as not done.
func TestChangesEndWithTheDaemon(t *testing.T) {
	w := newWorld(t, writing, func(cfg *control.Config) { cfg.Limits.Grace = time.Minute })
	w.admin.many = func(ctx context.Context, items []edit.Item, tell func([]admin.Ended)) {
		tell(endedAs(items[0].Key, true))
		<-ctx.Done()
		tell([]admin.Ended{{Answer: admin.Answer{Result: edit.Result{Key: items[1].Key}}, Err: ctx.Err()}})
	}
	_, lines := w.changesConn(someChanges(2, ""))
	readLine[api.ChangeResult](t, lines)
	w.stop()
	if left := readLine[api.ChangeResult](t, lines); left.Problem == nil || left.Problem.Type != api.KindStopping {
		t.Errorf("the second line is %+v", left)
	}
	if last, want := readLine[api.ChangesEnd](t, lines), (api.ChangesSummary{Changed: 1, Failed: 1}); last.Summary != want {
		t.Errorf("the last line is %+v", last)
	}
}
