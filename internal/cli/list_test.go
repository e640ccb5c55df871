package cli

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// many are sessions of two apps with names of every length.
func many() []api.Summary {
	var all []api.Summary
	for _, s := range []struct{ app, name, id, email, device, os string }{
		{contact, "Contact", "7023d9205074199d1c16fc00d24354e778137675", "anna.maria.von.und.zu.hohenstein@subsidiary.example.com", "Anna Maria’s new iPhone 16 Pro Max", "iOS"},
		{contact, "Contact", "7023d9205074ffff1c16fc00d24354e778137675", "bob@example.com", "iPhone 12", "iOS"},
		{"com.example.orders", "", "04eb5780c1d24d8836c5fd1e2a0937b4468ce5d1", "", "", ""},
	} {
		all = append(all, api.Summary{
			Session: session.Key{App: s.app, ID: s.id}, App: s.app, ID: s.id, Status: session.StatusAccepted, Email: s.email,
			Application: session.Application{Name: s.name}, Device: session.Device{Description: s.device, OS: s.os, Version: "18.1"}, Modified: today(), LoadedAt: started(),
		})
	}
	return all
}

func TestSessionsFitTheTerminal(t *testing.T) {
	list := many()
	ids := uniqueAmong([]session.Key{list[0].Session, list[1].Session, list[2].Session}, leastID)
	for width, want := range map[int]string{
		60: text(
			"SESSION        STATUS    E-MAIL             MODIFIED",
			"UTT7VDX8W5.com.contactApp.Contact (Contact)",
			"7023d92050741  accepted  anna.maria.von.u…  2026-11-22 18:00",
			"7023d9205074f  accepted  bob@example.com    2026-11-22 18:00",
			"com.example.orders",
			"04eb5780       accepted  -                  2026-11-22 18:00",
		),
		80: text(
			"SESSION        STATUS    E-MAIL             DEVICE              MODIFIED",
			"UTT7VDX8W5.com.contactApp.Contact (Contact)",
			"7023d92050741  accepted  anna.maria.von.u…  Anna Maria’s new …  2026-11-22 18:00",
			"7023d9205074f  accepted  bob@example.com    iPhone 12           2026-11-22 18:00",
			"com.example.orders",
			"04eb5780       accepted  -                  -                   2026-11-22 18:00",
		),
		120: text(
			"SESSION        STATUS    E-MAIL                            DEVICE                             OS        MODIFIED",
			"UTT7VDX8W5.com.contactApp.Contact (Contact)",
			"7023d92050741  accepted  anna.maria.von.und.zu.hohenstei…  Anna Maria’s new iPhone 16 Pro M…  iOS 18.1  2026-11-22 18:00",
			"7023d9205074f  accepted  bob@example.com                   iPhone 12                          iOS 18.1  2026-11-22 18:00",
			"com.example.orders",
			"04eb5780       accepted  -                                 -                                  18.1      2026-11-22 18:00",
		),
	} {
		got := drawn(t, false, func(p *page) { p.width = width; p.sessionsByApp(list, ids) })
		same(t, got, want)
	}
	for width := 41; width <= 200; width++ {
		for line := range strings.Lines(drawn(t, false, func(p *page) { p.width = width; p.sessionsByApp(list, ids) })) {
			if n := utf8.RuneCountInString(line) - 1; n > width {
				t.Errorf("%d characters on %d: %s", n, width, line)
			}
		}
	}
}

func TestShortIDs(t *testing.T) {
	socket := serveSessions(t,
		sessionOf(session.Key{App: "a.b", ID: "0000000012345678"}, "", ""),
		sessionOf(session.Key{App: "a.b", ID: "00000000123456ff"}, "", ""),
		sessionOf(session.Key{App: "c.d", ID: "0000000012345678"}, "", ""),
		sessionOf(session.Key{App: "c.d", ID: "1111111100000000"}, "", ""),
		sessionOf(session.Key{App: "c.d", ID: "22"}, "", ""),
		sessionOf(session.Key{App: "c.d", ID: "333333333333"}, "", ""),
		sessionOf(session.Key{App: "e.f", ID: "éééééééé"}, "", ""),
		sessionOf(session.Key{App: "e.f", ID: "ééééèèèè"}, "", ""),
	)
	daemon := client.New(socket)
	defer daemon.Close()
	for _, tc := range []struct {
		of    session.Key // the listed one; none: all
		whole bool
		want  string
	}{
		{session.Key{App: "a.b", ID: "00000000123456ff"}, false, "00000000123456ff"},
		{session.Key{App: "c.d", ID: "1111111100000000"}, false, "11111111"},
		{session.Key{App: "c.d", ID: "22"}, false, "22"},
		{session.Key{App: "e.f", ID: "éééééééé"}, false, "ééééé"},
		{session.Key{}, true, "0000000012345678 00000000123456f 0000000012345678 11111111 22 33333333 ééééè ééééé"},
	} {
		keys := []session.Key{tc.of}
		if tc.of.IsRoot() {
			all, err := listAll(t.Context(), daemon, client.Query{}, 0)
			if err != nil {
				t.Fatal(err)
			}
			keys = nil
			for i := range all.Sessions {
				keys = append(keys, all.Sessions[i].Session)
			}
		}
		got, err := shortIDs(t.Context(), daemon, keys, tc.whole)
		if err != nil {
			t.Fatal(err)
		}
		same(t, strings.Join(got, " "), tc.want)
	}
}

func TestListKeysAndLimit(t *testing.T) {
	socket := threeApps(t)
	all := text(
		contact+"/5", contact+"/51", contact+"/7023d9205074", contact+"/7023ffff",
		"com.example.orders/04eb5780", "com.example.orders/7023d9200000", "com.example.stock/04aa",
	)
	command(t, socket, "list", "--keys").want(t, exitDone, all, "")
	command(t, socket, "list", "--keys", "--email", "*@example.com").
		want(t, exitDone, text(contact+"/7023d9205074", contact+"/7023ffff"), "")
	command(t, socket, "list", "--keys", "--limit", "1").want(t, exitDone, contact+"/5\n", "")
	command(t, socket, "list", "--keys", "--limit", "7").want(t, exitDone, all, "")
	got := command(t, socket, "list", "-o", "json", "--limit", "2")
	if list := decode[listing](t, got.out); len(list.Sessions) != 2 || list.Revision == 0 {
		t.Errorf("got %+v", got)
	}
}

// A listing ends with how many there are; one with a limit says where it stops short.
func TestTotal(t *testing.T) {
	for want, draw := range map[string]func(*page){
		"\n1,204 sessions\n":                        func(p *page) { p.total(1204, false, "session", "sessions") },
		"\nthe first 20 sessions, there are more\n": func(p *page) { p.total(20, true, "session", "sessions") },
		"\n1 valid file is not in memory\n":         func(p *page) { p.total(1, false, "valid file is not in memory", "x") },
	} {
		same(t, drawn(t, false, func(p *page) { p.width = 80; draw(p) }), want)
		same(t, drawn(t, false, draw), "")
	}
}

func TestListNotInMemory(t *testing.T) {
	var asked []string
	socket := serve(t, routes{"GET /v1/not-in-memory": func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RawQuery)
		pages := map[string]string{
			"":    `{"files":[{"session":"` + anna.String() + `","since":"2026-11-22T17:00:00Z"}],"next":"two"}`,
			"two": `{"files":[{"session":"` + bob.String() + `","since":"2026-11-22T18:00:00Z"}]}`,
		}
		says(200, pages[r.URL.Query().Get("cursor")])(w, r)
	}})
	command(t, socket, "list", "--not-in-memory").want(t, exitDone, text(
		"SESSION                                                                     SINCE",
		anna.String()+"  2026-11-22 17:00:00",
		bob.String()+"                 2026-11-22 18:00:00",
	), "")
	same(t, strings.Join(asked, " "), "limit=1000 cursor=two&limit=1000")
	command(t, socket, "list", "--not-in-memory", "--keys", "--limit", "1").want(t, exitDone, anna.String()+"\n", "")
	got := command(t, socket, "list", "--not-in-memory", "-o", "json")
	if files := decode[unadmittedListing](t, got.out).Files; len(files) != 2 || files[1].Session != bob || !files[1].Since.Equal(today()) {
		t.Errorf("got %+v", got)
	}
	none := serve(t, routes{"GET /v1/not-in-memory": says(200, `{"files":[]}`)})
	command(t, none, "list", "--not-in-memory").want(t, exitDone, "", "no such files: all valid ones are in memory\n")
}

// What open is given may be shortened, too, although it is not in memory.
func TestOpenWhatIsNotInMemory(t *testing.T) {
	socket := serve(t, routes{
		"GET /v1/sessions": says(200, `{"sessions":[],"revision":1}`),
		"GET /v1/not-in-memory": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("prefix") != "0123" {
				t.Errorf("asked for %s", r.URL)
			}
			says(200, `{"files":[{"session":"`+bob.String()+`","since":"2026-11-22T18:00:00Z"}]}`)(w, r)
		},
		"POST /v1/sessions/" + bob.String() + "/open": says(200, asJSON(t, summaries()[1])),
	})
	command(t, socket, "open", "0123").want(t, exitDone, bob.String()+": opened, pending\n", "")
}
