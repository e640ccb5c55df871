package cli

import (
	"strings"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// threeApps serves sessions whose ids begin alike, of apps whose names do.
func threeApps(t *testing.T) string {
	t.Helper()
	return serveSessions(t,
		sessionOf(session.Key{App: contact, ID: "7023d9205074"}, "anna@example.com", "Contact"),
		sessionOf(session.Key{App: contact, ID: "7023ffff"}, "bob@example.com", "Contact"),
		sessionOf(session.Key{App: contact, ID: "5"}, "", "Contact"),
		sessionOf(session.Key{App: contact, ID: "51"}, "", "Contact"),
		sessionOf(session.Key{App: "com.example.orders", ID: "04eb5780"}, "", "Orders"),
		sessionOf(session.Key{App: "com.example.orders", ID: "7023d9200000"}, "", "Orders"),
		sessionOf(session.Key{App: "com.example.stock", ID: "04aa"}, "", "Stock \x1b[2J"),
	)
}

func TestShowByPartOfAKey(t *testing.T) {
	socket := threeApps(t)
	const orders, stock = "com.example.orders", "com.example.stock"
	for given, want := range map[string]string{
		contact + "/7023d9205074":      contact + "/7023d9205074",
		contact + "/7023d":             contact + "/7023d9205074",
		contact + "/7023d…":            contact + "/7023d9205074",
		"7023d9205":                    contact + "/7023d9205074",
		"04e":                          orders + "/04eb5780",
		"com.contactApp.Contact/7023d": contact + "/7023d9205074",
		"contact/7023F":                "",
		"contact/7023f":                contact + "/7023ffff",
		"Orders/0":                     orders + "/04eb5780",
		"ord/0":                        orders + "/04eb5780",
		"stock \x1b[2J/0":              stock + "/04aa",
		stock:                          stock + "/04aa",
		contact + "/5":                 contact + "/5", // wholly given, although it begins another
		"5":                            contact + "/5",
		"51":                           contact + "/51",
	} {
		got := command(t, socket, "show", given, "--output", "json")
		if want == "" {
			if got.status != exitNoSession {
				t.Errorf("%q: got %+v", given, got)
			}
			continue
		}
		if got.status != exitDone || decode[api.Detail](t, got.out).Session.String() != want {
			t.Errorf("%q: got %+v, want %s", given, got, want)
		}
	}
}

func TestKeysThatFitNone(t *testing.T) {
	socket := threeApps(t)
	const orders = "com.example.orders"
	for given, want := range map[string]struct {
		status int
		says   string
	}{
		"7023": {
			exitUsage,
			`"7023" is ambiguous, it fits more than one session: ` + contact + "/7023d9205074, " + contact + "/7023ffff, " + orders + "/7023d9200000",
		},
		"7023d920": {exitUsage, `"7023d920" is ambiguous, it fits more than one session: ` + contact + "/7023d9205074, " + orders + "/7023d9200000"},
		"com.": {
			exitUsage,
			`"com." is ambiguous, it fits more than one session: ` + orders + "/04eb5780, " + orders + "/7023d9200000, com.example.stock/04aa",
		},
		"com.example/0": {exitUsage, `"com.example/0" is ambiguous, it fits more than one session: ` + orders + "/04eb5780, com.example.stock/04aa"},
		"9":             {exitNoSession, `no session in memory has a key or an id that begins with "9"`},
		"04eb5708": {
			exitNoSession,
			`no session in memory has a key or an id that begins with "04eb5708"; did you mean ` + orders + "/04eb5780?",
		},
		"com.example.odrers/04eb": {exitNoSession, `the session "com.example.odrers/04eb" is not in memory; did you mean ` + orders + "?"},
		orders + "/04eb5708":      {exitNoSession, `the session "com.example.orders/04eb5708" is not in memory; did you mean ` + orders + "/04eb5780?"},
		"no\x1b[2J.such/key":      {exitNoSession, `the session "no\x1b[2J.such/key" is not in memory`},
	} {
		command(t, socket, "show", given).want(t, want.status, "", "sessiond: "+want.says+"\n")
	}
}

// What a shortened key is to open is known before anything is opened.
func TestOpenByPartOfAKey(t *testing.T) {
	command(t, threeApps(t), "open", "04e", "7023d920").want(t, exitUsage, "",
		`sessiond: "7023d920" is ambiguous, it fits more than one session: `+contact+"/7023d9205074, com.example.orders/7023d9200000\n")
}

func TestListByNameOfAnApp(t *testing.T) {
	socket := threeApps(t)
	for given, want := range map[string]string{
		"com.example.orders": "04eb5780 7023d9200000",
		"Orders":             "04eb5780 7023d9200000",
		"orders":             "04eb5780 7023d9200000",
		"ORD":                "04eb5780 7023d9200000",
		"com.contactApp":     "5 51 7023d9205074 7023ffff",
		"utt":                "5 51 7023d9205074 7023ffff",
	} {
		got := command(t, socket, "list", given, "-o", "json")
		var ids []string
		for _, s := range decode[listing](t, got.out).Sessions {
			ids = append(ids, s.ID)
		}
		if got.status != exitDone || strings.Join(ids, " ") != want {
			t.Errorf("%q: got %+v", given, got)
		}
	}
	for given, want := range map[string]struct {
		status int
		says   string
	}{
		"com.example":        {exitUsage, `sessiond: "com.example" is ambiguous, it fits more than one app: com.example.orders, com.example.stock`},
		"Odrers":             {exitNoSession, `sessiond: no app is called "Odrers"; did you mean com.example.orders?`},
		"nothing":            {exitNoSession, `sessiond: no app is called "nothing"`},
		"com.example.order5": {exitDone, `no such sessions in memory; did you mean com.example.orders?`},
		"org.example.other":  {exitDone, `no such sessions in memory`},
	} {
		command(t, socket, "list", given).want(t, want.status, "", want.says+"\n")
	}
}
