package cli

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

func summaries() []api.Summary {
	simulated := true
	return []api.Summary{
		{
			Session: anna, App: anna.App, ID: anna.ID, Status: session.StatusAccepted, Email: "anna@example.com",
			Application: session.Application{ID: "com.contactApp.Contact", Name: "Contact", Version: "1.0"},
			Team:        session.Team{ID: "UTT7VDX8W5"},
			Device: session.Device{
				ID: "5A6F", Description: "Anna’s iPhone", OS: "iOS", Version: "16.1", Simulator: &simulated,
			},
			IP: "192.0.2.7", Modified: started().Add(-time.Hour), LoadedAt: started(), Revision: 12,
		},
		{
			Session: bob, App: bob.App, ID: bob.ID, Status: session.StatusPending,
			Device: session.Device{Description: "a\x1b[31mb\u202e"}, Modified: started(), LoadedAt: today(), Revision: 13,
		},
	}
}

func TestDrawSessions(t *testing.T) {
	same(t, drawn(t, false, func(p *page) { p.sessions(summaries()) }), text(
		"SESSION                                                                     STATUS    E-MAIL            DEVICE              OS        MODIFIED",
		"UTT7VDX8W5.com.contactApp.Contact/7023d9205074199d1c16fc00d24354e778137675  accepted  anna@example.com  Anna’s iPhone       iOS 16.1  2026-11-22 08:00:00",
		`com.example.noteam/0123456789abcdef0123456789abcdef01234567                 pending   -                 a\u001b[31mb\u202e  -         2026-11-22 09:00:00`,
	))
}

func TestDrawSession(t *testing.T) {
	s := summaries()[0]
	content := jsontext.Value(`{"status":"accepted","userInfo":{"name":"` + "\u202eevil\u009b" + `"}}`)
	same(t, drawn(t, false, func(p *page) {
		if err := p.session(&s, content); err != nil {
			t.Fatal(err)
		}
	}), text(
		"Session      UTT7VDX8W5.com.contactApp.Contact/7023d9205074199d1c16fc00d24354e778137675",
		"Status       accepted",
		"Modified     2026-11-22 08:00:00 (10 hours ago)",
		"Loaded       2026-11-22 09:00:00 (9 hours ago), revision 12",
		"E-mail       anna@example.com",
		"Application  Contact 1.0 (com.contactApp.Contact)",
		"Team         UTT7VDX8W5",
		"Device       Anna’s iPhone (5A6F)",
		"OS           iOS 16.1 (simulator)",
		"IP           192.0.2.7",
		"",
		"Content, without tokens",
		`{`,
		`  "status": "accepted",`,
		`  "userInfo": {`,
		`    "name": "\u202eevil\u009b"`,
		`  }`,
		`}`,
	))
}

func TestDrawEvents(t *testing.T) {
	events := []session.Event{
		{Revision: 14, At: today().Add(1234567 * time.Nanosecond), Session: anna, Email: "anna@example.com", Action: session.ActionAdmitted, Trigger: session.TriggerOpen},
		{Revision: 15, At: today(), Session: bob, Action: session.ActionRemoved, Reason: session.RemovedDeleted, Trigger: session.TriggerWatch},
		{Revision: 16, At: today(), Session: session.Key{App: "a.b", ID: "c"}, Action: session.ActionUpdated, Trigger: session.TriggerRetry},
	}
	same(t, drawn(t, false, func(p *page) {
		for i := range events {
			p.event(&events[i])
		}
	}), text(
		"2026-11-22 18:00:00.001  admitted  UTT7VDX8W5.com.contactApp.Contact/7023d9205074199d1c16fc00d24354e778137675  anna@example.com  by open",
		"2026-11-22 18:00:00.000  removed   com.example.noteam/0123456789abcdef0123456789abcdef01234567 (deleted)  by watch",
		"2026-11-22 18:00:00.000  updated   a.b/c  confirmed by a second check",
	))
	same(t, drawn(t, false, func(p *page) {
		for _, p.width = range []int{120, 80, 60} {
			for i := range events {
				p.event(&events[i])
			}
		}
	}), text(
		"18:00:00  admitted  7023d920  anna@example.com  UTT7VDX8W5.com.contactApp.Contact  by open",
		"18:00:00  removed   01234567  -  deleted  com.example.noteam  by watch",
		"18:00:00  updated   c  -  a.b  confirmed by a second check",
		"18:00:00  admitted  7023d920  anna@example.com  UTT7VDX8W5.com.contactApp.Conta…",
		"18:00:00  removed   01234567  -  deleted  com.example.noteam  by watch",
		"18:00:00  updated   c  -  a.b  confirmed by a second check",
		"18:00:00  admitted  7023d920  anna@example.com  UTT7VDX8W5.…",
		"18:00:00  removed   01234567  -  deleted  com.example.notea…",
		"18:00:00  updated   c  -  a.b  confirmed by a second check",
	))
}
