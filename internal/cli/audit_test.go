package cli

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// onRecord are lines of an audit, newest first.
func onRecord() []api.AuditEntry {
	uid, root := uint32(1001), uint32(0)
	pending, accepted := &api.State{Status: session.StatusPending, Email: "anna@example.com"}, &api.State{Status: session.StatusAccepted, Email: "anna@example.com"}
	by := &api.Actor{UID: &uid, User: "operator", Via: "socket"}
	byRoot := &api.Actor{UID: &root, Via: "socket"}
	file := &api.Actor{Via: "file"}
	at := func(minutes int) time.Time { return today().Add(-time.Duration(minutes) * time.Minute) }
	const device = "Anna’s iPhone"
	return []api.AuditEntry{
		{At: at(1), Seq: 12, Actor: byRoot, Action: "delete", Session: anna.Short(), Device: device, Before: accepted, Result: "intent", Reason: "left the company"},
		{At: at(2), Seq: 11, Actor: by, Action: "set-email", Session: anna.Short(), Device: device, Before: accepted, After: &api.State{Status: "accepted", Email: "a@x\x1b[2J"}, Intent: 10, Result: "failed", Error: "no space is left"},
		{At: at(2), Seq: 10, Actor: by, Action: "set-email", Session: anna.Short(), Device: device, Result: "intent"},
		{At: at(3), Seq: 9, Actor: by, Action: "accept", Session: anna.Short(), Device: device, Before: pending, After: accepted, Intent: 8, Result: "done"},
		{At: at(3), Seq: 8, Actor: by, Action: "accept", Session: anna.Short(), Device: device, Before: pending, After: accepted, Result: "intent"},
		{At: at(4), Seq: 7, Actor: file, Action: "updated", Session: bob.Short(), Before: accepted, After: &api.State{Status: "pending", Email: "bob@example.com"}, Trigger: session.TriggerWatch},
		{At: at(5), Seq: 6, Actor: file, Action: "removed", Session: bob.Short(), Reason: "invalid"},
		{At: at(6), Seq: 5, Actor: by, Action: "delete", Result: "refused", Error: "it takes the level admin", Count: 12},
		{At: at(7), Seq: 4, Action: "lost", Count: 3},
		{At: at(8), Seq: 3, Action: "started", Count: 1204},
	}
}

// auditRoutes serves a record, two lines a page.
func auditRoutes(t *testing.T, asked *[]string) routes {
	t.Helper()
	return routes{
		"GET /v1/apps":          says(200, `{"apps":[]}`),
		"GET /v1/not-in-memory": says(200, `{"files":[]}`),
		"GET /v1/rejected":      says(200, `{"files":[]}`),
		"GET /v1/trash":         says(404, `{"type":"/problems/no-trash","title":"Not Found","status":404}`),
		"GET /v1/sessions": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("prefix") == "7023" {
				says(200, asJSON(t, api.Page{Sessions: []api.Summary{{Session: anna}}}))(w, r)
				return
			}
			says(200, `{"sessions":[]}`)(w, r)
		},
		"GET /v1/audit": func(w http.ResponseWriter, r *http.Request) {
			*asked = append(*asked, r.URL.RawQuery)
			all := onRecord()
			begin := 0
			for cursor := r.URL.Query().Get("cursor"); cursor != "" && strconv.FormatUint(all[begin].Seq, 10) != cursor; {
				begin++
			}
			page := api.AuditPage{Entries: all[begin:min(begin+2, len(all))]}
			if begin+2 < len(all) {
				page.Next = strconv.FormatUint(all[begin+2].Seq, 10)
			}
			says(200, asJSON(t, page))(w, r)
		},
	}
}

func TestAuditReadsLikeSentences(t *testing.T) {
	all := onRecord()
	lines := append(append(all[:2:2], all[3]), all[5:]...)
	for width, want := range map[int]string{
		60: text(
			"TIME              WHO      WHAT            SESSION   RESULT",
			"2026-11-22 17:59  uid 0    deleted (left…  7023d920  begun",
			"2026-11-22 17:58  operat…  e-mail set to…  7023d920  failed…",
			"2026-11-22 17:57  operat…  accepted        7023d920  done",
			"2026-11-22 17:56  file     updated: acce…  01234567  -",
			"2026-11-22 17:55  file     removed (inva…  01234567  -",
			"2026-11-22 17:54  operat…  deleted         -         refuse…",
			"2026-11-22 17:53  daemon   3 lines not r…  -         -",
			"2026-11-22 17:52  daemon   started with …  -         -",
		),
		80: text(
			"TIME              WHO       WHAT            SESSION   E-MAIL        RESULT",
			"2026-11-22 17:59  uid 0     deleted (left…  7023d920  anna@exampl…  begun",
			"2026-11-22 17:58  operator  e-mail set to…  7023d920  anna@exampl…  failed: no …",
			"2026-11-22 17:57  operator  accepted        7023d920  anna@exampl…  done",
			"2026-11-22 17:56  file      updated: acce…  01234567  anna@exampl…  -",
			"2026-11-22 17:55  file      removed (inva…  01234567  -             -",
			"2026-11-22 17:54  operator  deleted         -         -             refused: it…",
			"2026-11-22 17:53  daemon    3 lines not r…  -         -             -",
			"2026-11-22 17:52  daemon    started with …  -         -             -",
		),
		120: text(
			"TIME              WHO       WHAT                     SESSION   E-MAIL            DEVICE         RESULT",
			"2026-11-22 17:59  uid 0     deleted (left the comp…  7023d920  anna@example.com  Anna’s iPhone  begun",
			`2026-11-22 17:58  operator  e-mail set to a@x\u001…  7023d920  anna@example.com  Anna’s iPhone  failed: no space is left`,
			"2026-11-22 17:57  operator  accepted                 7023d920  anna@example.com  Anna’s iPhone  done",
			"2026-11-22 17:56  file      updated: accepted → pe…  01234567  anna@example.com  -              -",
			"2026-11-22 17:55  file      removed (invalid)        01234567  -                 -              -",
			"2026-11-22 17:54  operator  deleted                  -         -                 -              refused: it takes the l…",
			"2026-11-22 17:53  daemon    3 lines not recorded     -         -                 -              -",
			"2026-11-22 17:52  daemon    started with 1,204 ses…  -         -                 -              -",
		),
	} {
		same(t, drawn(t, false, func(p *page) { p.width = width; p.audit(lines) }), want)
	}
	same(t, drawn(t, false, func(p *page) { p.audit(lines[3:4]) }), text(
		"TIME                 WHO   WHAT                                                        SESSION                      E-MAIL            DEVICE  RESULT",
		"2026-11-22 17:56:00  file  updated: accepted → pending, e-mail set to bob@example.com  com.example.noteam/01234567  anna@example.com  -       -",
	))
}

// What ended is not told a second time as begun, and a table has so many lines as were
// asked for.
func TestAudit(t *testing.T) {
	var asked []string
	socket := serve(t, auditRoutes(t, &asked))
	command(t, socket, "audit").want(t, exitDone, drawn(t, false, func(p *page) {
		all := onRecord()
		p.audit(append(append(all[:2:2], all[3]), all[5:]...))
	}), "")
	if len(asked) != 5 {
		t.Errorf("asked for %q", asked)
	}
	command(t, socket, "audit", "--limit", "2").want(t, exitDone, drawn(t, false, func(p *page) { p.audit(onRecord()[:2]) }),
		"there are older lines: see --limit and --since\n")
	got := command(t, socket, "audit", "-o", "json")
	lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
	if got.status != exitDone || len(lines) != len(onRecord()) {
		t.Fatalf("got %+v", got)
	}
	for i, line := range lines {
		var e api.AuditEntry
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Seq != onRecord()[i].Seq {
			t.Errorf("line %d is %s: %v", i, line, err)
		}
	}
}

func TestAuditFilters(t *testing.T) {
	var asked []string
	socket := serve(t, auditRoutes(t, &asked))
	command(t, socket, "audit", "--session", "7023", "--app", "a.b", "--email", "a@x", "--action", "delete", "--since", "2h", "--limit", "1")
	key := strings.ReplaceAll(anna.String(), "/", "%2F")
	same(t, asked[0], "action=delete&app=a.b&email=a%40x&limit=1000&session="+key+"&since=2026-11-22T16%3A00%3A00Z")
	asked = nil
	command(t, socket, "audit", "--session", "a.b/77", "--limit", "1")
	same(t, asked[0], "limit=1000&session=a.b%2F77")
	// The record knows what is gone, also by the beginning of an id, which may be longer
	// than what is on record.
	for _, id := range []string{"0123", bob.ID, "01234567…"} {
		got := command(t, socket, "audit", "--session", id)
		if got.status != exitDone || strings.Count(got.out, bob.Short()) != 2 || strings.Count(got.out, "\n") != 3 {
			t.Errorf("%s: got %+v", id, got)
		}
	}
	command(t, socket, "audit", "--session", "77").want(t, exitDone, "", "nothing of that is on record\n")
	none := serve(t, routes{"GET /v1/audit": says(404, `{"type":"/problems/no-audit","title":"Not Found","status":404,"detail":"there is no audit"}`)})
	command(t, none, "audit").want(t, exitFailed, "", "sessiond: there is no audit\n")
	empty := serve(t, routes{"GET /v1/audit": says(200, `{"entries":[]}`)})
	command(t, empty, "audit").want(t, exitDone, "", "nothing of that is on record\n")
	command(t, empty, "audit", "-o", "json").want(t, exitDone, "", "")
}
