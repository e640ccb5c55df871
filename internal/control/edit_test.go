package control_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/access"
	"sessiond/internal/admin"
	"sessiond/internal/api"
	"sessiond/internal/audit"
	"sessiond/internal/client"
	"sessiond/internal/control"
	"sessiond/internal/edit"
	"sessiond/internal/session"
	"sessiond/internal/trash"
)

// writing lets the daemon of a test change files.
func writing(cfg *control.Config) { cfg.Writing = func() api.Write { return api.Write{Enabled: true} } }

var sessionPath = "/v1/sessions/" + key.String()

// patchRaw sends a merge patch as it is written, with more lines of header.
func (w *world) patchRaw(path, contentType, body string, header ...string) answer {
	w.t.Helper()
	conn := w.dial()
	lines := append([]string{
		"PATCH " + path + " HTTP/1.1", "Host: sessiond", "Content-Type: " + contentType, fmt.Sprint("Content-Length: ", len(body)),
	}, header...)
	write(w.t, conn, strings.Join(lines, "\r\n")+"\r\n\r\n"+body)
	return readAnswer(w.t, conn)
}

// What is no change is refused with what is wrong with it, and nothing is asked for.
func TestBadPatches(t *testing.T) {
	w := newWorld(t, writing)
	tag := session.DigestOf([]byte("x")).String()
	for name, test := range map[string]struct {
		path, contentType, body string
		header                  []string
		status                  int
		detail                  string
	}{
		"an unknown member":        {body: `{"status":"accepted","token":"x"}`, status: 422, detail: `"token" cannot be set`},
		"several":                  {body: `{"b":1,"a":2}`, status: 422, detail: `"a", "b" cannot be set`},
		"one in another case":      {body: `{"Status":"accepted"}`, status: 422, detail: `"Status"`},
		"a name of 10 kB":          {body: `{"` + strings.Repeat("n", 10_000) + `":1}`, status: 422, detail: "…"},
		"a number":                 {body: `{"status":1}`, status: 422, detail: "status must be a string"},
		"an object":                {body: `{"email":{}}`, status: 422, detail: "email must be a string"},
		"two wrong members":        {body: `{"status":1,"email":null}`, status: 422, detail: "email is null"},
		"null":                     {body: `{"email":null}`, status: 422, detail: "email is null"},
		"another status":           {body: `{"status":"Accepted"}`, status: 422, detail: `"accepted" or "pending"`},
		"an empty status":          {body: `{"status":""}`, status: 422, detail: `"accepted" or "pending"`},
		"control characters":       {body: `{"email":"a\u0000b"}`, status: 422, detail: "control characters"},
		"a line break":             {body: `{"email":"a\nb"}`, status: 422, detail: "control characters"},
		"an e-mail of 10 kB":       {body: `{"email":"` + strings.Repeat("a", 10_000) + `"}`, status: 422, detail: "1024 bytes"},
		"an e-mail of 100 kB":      {body: `{"email":"` + strings.Repeat("a", 100_000) + `"}`, status: 413, detail: "65536 bytes"},
		"an array":                 {body: `[]`, status: 422, detail: "must be an object"},
		"null alone":               {body: `null`, status: 422, detail: "must be an object"},
		"no JSON":                  {body: `{"status":`, status: 400, detail: "not JSON"},
		"two documents":            {body: `{}{}`, status: 400, detail: "not JSON"},
		"a name twice":             {body: `{"status":"accepted","status":"pending"}`, status: 400, detail: "not JSON"},
		"bytes that are no text":   {body: "{\"email\":\"\xff\"}", status: 400, detail: "not JSON"},
		"a lone surrogate":         {body: `{"email":"\ud800"}`, status: 400, detail: "not JSON"},
		"no body":                  {body: "", status: 400, detail: "not JSON"},
		"a form":                   {contentType: "application/x-www-form-urlencoded", body: "status=accepted", status: 415, detail: "application/json"},
		"JSON patch":               {contentType: "application/json-patch+json", body: `[]`, status: 415, detail: "application/json"},
		"two If-Match":             {header: []string{`If-Match: "` + tag + `"`, `If-Match: "` + tag + `"`}, body: `{}`, status: 400, detail: "given 2 times"},
		"a list of tags":           {header: []string{`If-Match: "` + tag + `", "` + tag + `"`}, body: `{}`, status: 400, detail: "If-Match is a list"},
		"a weak tag":               {header: []string{`If-Match: W/"` + tag + `"`}, body: `{}`, status: 400, detail: "If-Match is a weak entity tag"},
		"a tag without quotes":     {header: []string{`If-Match: ` + tag}, body: `{}`, status: 400, detail: "in quotes"},
		"half a tag":               {header: []string{`If-Match: "` + tag[:31] + `"`}, body: `{}`, status: 400, detail: "32 hexadecimal digits"},
		"a tag in upper case":      {header: []string{`If-Match: "` + strings.ToUpper(tag) + `"`}, body: `{}`, status: 400, detail: "32 hexadecimal digits"},
		"any tag":                  {header: []string{`If-Match: *`}, body: `{}`, status: 400, detail: "If-Match is *"},
		"an empty tag":             {header: []string{`If-Match: `}, body: `{}`, status: 400, detail: "If-Match is empty"},
		"no key":                   {path: "/v1/sessions/nodot/x", body: `{}`, status: 400},
		"a key out of the tree":    {path: "/v1/sessions/..%2Fa.b/x", body: `{}`, status: 400},
		"dryRun of another value":  {path: sessionPath + "?dryRun=true", body: `{}`, status: 400, detail: "it may be 1"},
		"dryRun twice":             {path: sessionPath + "?dryRun=1&dryRun=1", body: `{}`, status: 400, detail: "more than once"},
		"noTrash of a change":      {path: sessionPath + "?noTrash=1", body: `{}`, status: 400, detail: "unknown parameter"},
		"a reason of 501 bytes":    {path: sessionPath + "?reason=" + strings.Repeat("r", 501), body: `{}`, status: 400, detail: "500 bytes"},
		"a reason with a line end": {path: sessionPath + "?reason=a%0Ab", body: `{}`, status: 400, detail: "control characters"},
		"a reason that is no text": {path: sessionPath + "?reason=%FF", body: `{}`, status: 400, detail: "control characters"},
	} {
		t.Run(name, func(t *testing.T) {
			if test.path == "" {
				test.path = sessionPath
			}
			if test.contentType == "" {
				test.contentType = "application/merge-patch+json"
			}
			w.patchRaw(test.path, test.contentType, test.body, test.header...).mustFail(t, test.status, test.detail)
		})
	}
	if w.admin.order.By.Via != "" {
		t.Errorf("the daemon was asked for a change: %+v", w.admin.order)
	}
}

// A change reaches the daemon as it was asked for, and its answer the client.
func TestChange(t *testing.T) {
	w := newWorld(t, writing)
	before, after := newSessionOf(key, session.StatusPending, "anna@example.com", "a"), newSession(key, "anna@example.com")
	w.pass(after)
	loaded, _ := w.store.View().Get(key)
	w.admin.answer = admin.Answer{
		Result:   edit.Result{Key: key, Before: before, After: after, Read: before.Digest(), Digest: after.Digest(), Changed: true},
		InMemory: &loaded, Pass: 7, Hints: []api.Hint{{Code: api.HintNotInMemory, Text: "a hint"}},
	}
	accepted := session.StatusAccepted
	got, err := w.client.Change(t.Context(), key, api.Set{Status: &accepted}, client.EditOptions{ETag: before.Digest().String(), Reason: "he called"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Summary == nil || got.Summary.Revision == 0 || got.Summary.Email != "anna@example.com" {
		t.Errorf("the summary is %+v", got.Summary)
	}
	got.Summary = nil
	want := api.Edit{
		Before: &api.State{Status: session.StatusPending, Email: "anna@example.com"}, Changed: true,
		ETag: after.Digest().String(), Pass: 7, InMemory: true, Hints: []api.Hint{{Code: api.HintNotInMemory, Text: "a hint"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	o := w.admin.order
	if o.Reason != "he called" || o.IfMatch == nil || *o.IfMatch != before.Digest() || o.DryRun || o.By.Via != audit.ViaSocket {
		t.Errorf("asked for %+v", o)
	}
	if w.admin.set.Status == nil || *w.admin.set.Status != accepted || w.admin.set.Email != nil {
		t.Errorf("set %+v", w.admin.set)
	}

	w.admin.answer.InMemory, w.admin.answer.Pass = nil, 0
	dry, err := w.client.Change(t.Context(), key, api.Set{Status: &accepted}, client.EditOptions{DryRun: true})
	if err != nil || !w.admin.order.DryRun || dry.ETag != before.Digest().String() || dry.Summary.Revision != 0 {
		t.Errorf("a dry run: %+v, %v", dry, err)
	}
	plain := w.patchRaw(sessionPath, "application/json", `{"email":""}`)
	plain.mustBe(t, "application/json")
	if got, want := plain.header.Get("ETag"), `"`+after.Digest().String()+`"`; got != want {
		t.Errorf("the ETag is %s, want %s", got, want)
	}
	if w.admin.set.Email == nil || *w.admin.set.Email != "" || w.admin.set.Status != nil {
		t.Errorf("set %+v", w.admin.set)
	}
}

// A session in memory has the entity tag of its file.
func TestSessionHasETag(t *testing.T) {
	w := newWorld(t)
	s := newSession(key, "")
	w.pass(s)
	if got, want := w.get(sessionPath).header.Get("ETag"), `"`+s.Digest().String()+`"`; got != want {
		t.Errorf("the ETag is %q, want %q", got, want)
	}
}

// What a failed change has to say reaches the client.
func TestChangeFails(t *testing.T) {
	w := newWorld(t, writing)
	now := newSession(key, "bo@example.com")
	w.admin.err = &edit.Error{Kind: edit.KindPrecondition, Key: key, Digest: now.Digest(), Current: now, Detail: "it is not what it was"}
	answer := w.ask(http.MethodDelete, sessionPath, nil)
	f := answer.mustFail(t, http.StatusPreconditionFailed, "it is not what it was")
	if f.Current == nil || f.Current.Email != "bo@example.com" || f.ETag != now.Digest().String() || answer.header.Get("ETag") != `"`+f.ETag+`"` {
		t.Errorf("the current file is told as %+v, %q, %q", f.Current, f.ETag, answer.header.Get("ETag"))
	}
	if strings.Contains(string(answer.body), secretToken) || strings.Contains(string(answer.body), secretDevice) {
		t.Errorf("a secret is told: %s", answer.body)
	}

	w.admin.err = &edit.Error{Kind: edit.KindBusy, Key: key, RetryAfter: 1500 * time.Millisecond}
	var failed *client.ProblemError
	if _, err := w.client.Delete(t.Context(), key, client.EditOptions{}); !errors.As(err, &failed) || failed.RetryAfter != 2*time.Second {
		t.Errorf("busy: %+v", failed)
	}
	w.admin.err = &edit.Error{Kind: edit.KindRefused, Key: key, Owner: "4:5", Folder: "/srv/a.b", Remedy: "run as that user"}
	if _, err := w.client.Delete(t.Context(), key, client.EditOptions{}); !errors.As(err, &failed) ||
		failed.Owner != "4:5" || failed.Folder != "/srv/a.b" || failed.Remedy != "run as that user" {
		t.Errorf("refused: %+v", failed)
	}
	wrong := session.NewProblem(key, session.CodeToken, "")
	w.admin.err = &edit.Error{Kind: edit.KindRejected, Key: key, Problem: wrong}
	if _, err := w.client.Delete(t.Context(), key, client.EditOptions{}); !errors.As(err, &failed) || failed.Rejected == nil || *failed.Rejected != *wrong {
		t.Errorf("rejected: %+v", failed)
	}
}

// A precondition that would be ignored is refused.
func TestTrashHasNoEntityTags(t *testing.T) {
	w := newWorld(t, writing)
	tag := `If-Match: "` + session.DigestOf([]byte("x")).String() + `"`
	for _, line := range []string{"POST /v1/trash/x/restore", "DELETE /v1/trash/x", "POST /v1/trash/purge?email=a"} {
		if kind := w.raw(line+" HTTP/1.1", "Host: sessiond", tag, "", ""); kind != api.KindInvalidIfMatch {
			t.Errorf("%s: it is %q", line, kind)
		}
	}
	if w.admin.order.By.Via != "" {
		t.Errorf("the daemon was asked for a change: %+v", w.admin.order)
	}
}

func TestTrash(t *testing.T) {
	w := newWorld(t, writing)
	item := trash.Item{ID: "20261122-180000-1f0c9a3e", Key: key, RemovedAt: start(), Until: start(), Reason: edit.ReasonDeleted, Email: "a@b.c", Size: 5}
	w.admin.trashed = trash.Page{Items: []trash.Item{item}, Next: item.ID, Unreadable: 1}
	page, err := w.client.Trash(t.Context(), client.TrashQuery{App: "a.b", Prefix: "c", Email: "d", Limit: 7, Cursor: "e"})
	if err != nil || len(page.Items) != 1 || page.Items[0].Session != key || page.Next != item.ID || page.Unreadable != 1 {
		t.Errorf("the trash is %+v, %v", page, err)
	}
	if want := (trash.Filter{App: "a.b", Prefix: "c", Email: "d", Before: "e", Limit: 7}); w.admin.filter != want {
		t.Errorf("asked for %+v, want %+v", w.admin.filter, want)
	}
	if _, err := w.client.Restore(t.Context(), item.ID, client.EditOptions{DryRun: true}); err != nil || w.admin.id != item.ID || !w.admin.order.DryRun {
		t.Errorf("restored %q, %+v, %v", w.admin.id, w.admin.order, err)
	}
	purged, err := w.client.Purge(t.Context(), client.PurgeQuery{Session: key, Email: "A@b.c", Reason: "asked for"})
	if err != nil || purged.Purged != 1 || w.admin.which != (admin.Which{Key: key, Email: "A@b.c"}) || w.admin.order.Reason != "asked for" {
		t.Errorf("purged %+v of %+v, %v", purged, w.admin.which, err)
	}
	if _, err := w.client.PurgeItem(t.Context(), item.ID, ""); err != nil || w.admin.which != (admin.Which{ID: item.ID}) {
		t.Errorf("purged %+v, %v", w.admin.which, err)
	}
	for path, detail := range map[string]string{
		"/v1/trash/purge":                 "say whose",
		"/v1/trash/purge?email=":          "is empty",
		"/v1/trash/purge?session=x":       "session",
		"/v1/trash/purge?prefix=x":        "unknown parameter",
		"/v1/trash/x/restore?noTrash=1":   "unknown parameter",
		"/v1/trash/purge?email=a&reason=": "is empty",
	} {
		w.post(path).mustFail(t, http.StatusBadRequest, detail)
	}
	w.get("/v1/trash?limit=0").mustFail(t, http.StatusBadRequest, "limit")
}

func TestAudit(t *testing.T) {
	w := newWorld(t)
	uid := uint32(7)
	w.admin.page = audit.Page{Entries: []audit.Entry{{
		At: start(), Seq: 9, Actor: &audit.Actor{UID: &uid, Via: audit.ViaSocket}, Action: audit.ActionAccept, Session: "a.b/c",
		Before: &audit.State{Status: "pending"}, After: &audit.State{Status: "accepted"}, Intent: 8, Result: audit.ResultDone,
	}}, Next: 9}
	got, err := w.client.Audit(t.Context(), client.AuditQuery{Session: "a.b/c", App: "a.b", Email: "e", Action: "accept", Since: start(), Limit: 3, Cursor: "12"})
	if err != nil {
		t.Fatal(err)
	}
	want := api.AuditPage{Entries: []api.AuditEntry{{
		At: start(), Seq: 9, Actor: &api.Actor{UID: &uid, Via: "socket"}, Action: "accept", Session: "a.b/c",
		Before: &api.State{Status: "pending"}, After: &api.State{Status: "accepted"}, Intent: 8, Result: "done",
	}}, Next: "9"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	asked := audit.Filter{Session: "a.b/c", App: "a.b", Email: "e", Action: "accept", Since: start(), Limit: 3, Before: 12}
	if diff := cmp.Diff(asked, w.admin.asked); diff != "" {
		t.Error(diff)
	}
	for _, query := range []string{"since=yesterday", "cursor=0", "cursor=x", "limit=1001", "user=x"} {
		w.get("/v1/audit?"+query).mustFail(t, http.StatusBadRequest, "")
	}
}

func TestRejected(t *testing.T) {
	digest := session.DigestOf([]byte("x"))
	keys := []session.Key{{App: "a.b", ID: "1"}, {App: "a.b", ID: "2"}, {App: "c.d", ID: "12"}}
	for _, level := range []access.Level{access.Read, access.Admin} {
		w := newWorld(t, func(cfg *control.Config) { cfg.Level = func(access.Peer) access.Level { return level } })
		w.admin.digest = &digest
		outcome := session.Outcome{}
		for _, k := range append(keys, session.Key{App: "a.b"}, session.Key{App: "a.b", ID: "3"}) {
			why := session.ActiveError{Problem: *session.NewProblem(k, session.CodeSyntax, "line 1"), Since: start()}
			if !slices.Contains(keys, k) {
				why.ComponentSignature = session.ComponentFile // it cannot be read
			}
			outcome.Problems = append(outcome.Problems, session.Transition[session.ActiveError]{Session: k, Now: &why})
		}
		w.store.Apply(outcome)
		for query, want := range map[client.Query][]session.Key{
			{}:                                   keys,
			{Filter: session.Filter{App: "a.b"}}: keys[:2],
			{Filter: session.Filter{App: "c.d"}}: keys[2:],
			{Filter: session.Filter{App: "c"}}:   nil,
			{Prefix: "1"}:                        {keys[0], keys[2]},
			{Prefix: "a.b/2"}:                    {keys[1]},
			{Prefix: "2", Filter: session.Filter{App: "c.d"}}: nil,
			{Limit: 1, Filter: session.Filter{App: "a.b"}}:    keys[:2],
			{Limit: 2}: keys,
			{Filter: session.Filter{Status: "x", Email: "y"}}: keys,
			{Limit: 1, Prefix: "c.d/"}:                        keys[2:],
		} {
			var got []session.Key
			for next := true; next; next = query.Cursor != "" {
				page, err := w.client.Rejected(t.Context(), query)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range page.Files {
					got = append(got, f.Session)
					isAdmin := f.Path == "/srv/MobileApps/"+f.Session.String() && f.ETag == digest.String()
					if isAdmin != (level == access.Admin) || f.Remedy == "" || !f.Since.Equal(start()) || f.ErrCode != 2 {
						t.Errorf("%v is told of %+v", level, f)
					}
				}
				query.Cursor = page.Next
			}
			if !slices.Equal(got, want) {
				t.Errorf("%+v: got %v, want %v", query, got, want)
			}
		}
	}
}

// Whoever may only look is refused, and so is everybody where the daemon does not write;
// the audit is told.
func TestEditsAreRefused(t *testing.T) {
	for kind, adjust := range map[api.Kind]func(*control.Config){
		api.KindAdminOnly:  func(cfg *control.Config) { writing(cfg); readOnly(cfg) },
		api.KindWritingOff: func(*control.Config) {},
	} {
		w := newWorld(t, adjust)
		var want []audit.Action
		for _, try := range []struct {
			method, path string
			action       audit.Action
		}{
			{http.MethodPatch, sessionPath, audit.ActionEdit},
			{http.MethodPatch, sessionPath + "?dryRun=1", audit.ActionEdit},
			{http.MethodDelete, sessionPath, audit.ActionDelete},
			{http.MethodPost, "/v1/trash/x/restore", audit.ActionRestore},
			{http.MethodDelete, "/v1/trash/x", audit.ActionPurge},
			{http.MethodPost, "/v1/trash/purge?email=x", audit.ActionPurge},
		} {
			got := w.ask(try.method, try.path, strings.NewReader(`{"status":"accepted"}`)).mustFail(t, http.StatusForbidden, "")
			if got.Type != kind {
				t.Errorf("%s %s: the type is %q, want %q", try.method, try.path, got.Type, kind)
			}
			want = append(want, try.action)
		}
		if !slices.Equal(w.admin.refused, want) {
			t.Errorf("the audit is told of %v, want %v", w.admin.refused, want)
		}
		if w.admin.order.By.Via != "" {
			t.Errorf("the daemon was asked for a change: %+v", w.admin.order)
		}
		for _, path := range []string{"/v1/trash", "/v1/audit"} {
			if answer := w.get(path); (answer.status == http.StatusForbidden) != (kind == api.KindAdminOnly) {
				t.Errorf("%s: the status is %d", path, answer.status)
			}
		}
	}
}

// What a client says of itself is recorded as a claim, however it is written.
func TestClaim(t *testing.T) {
	w := newWorld(t, writing)
	for header, want := range map[string]map[string]string{
		"":                            nil,
		"console":                     {"client": "console"},
		"c\xffo\tn":                   {"client": "c?o?n"},
		strings.Repeat("n", 10_000):   {"client": strings.Repeat("n", 32)},
		strings.Repeat("n", 31) + "é": {"client": strings.Repeat("n", 31) + "?"},
	} {
		w.patchRaw(sessionPath, "application/json", `{"status":"accepted"}`, "Sessiond-Client: "+header)
		if diff := cmp.Diff(want, w.admin.order.By.Claimed); diff != "" {
			t.Errorf("%q: %s", header, diff)
		}
	}
}
