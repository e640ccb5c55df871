package cli

import (
	"testing"

	"sessiond/internal/api"
)

func TestApps(t *testing.T) {
	command(t, threeApps(t), "apps").want(t, exitDone, text(
		"APP                                NAME             SESSIONS  PENDING  REJECTED",
		"UTT7VDX8W5.com.contactApp.Contact  Contact          4         0        0",
		"com.example.orders                 Orders           2         0        0",
		`com.example.stock                  Stock \u001b[2J  1         0        0`,
	), "")
	got := command(t, threeApps(t), "apps", "-o", "json")
	if apps := decode[api.Apps](t, got.out).Apps; got.status != exitDone || len(apps) != 3 || apps[1].Name != "Orders" || apps[1].Sessions != 2 {
		t.Errorf("got %+v", got)
	}
	command(t, serveSessions(t), "apps").want(t, exitDone, "", "no app has a session in memory or a rejected file\n")
	command(t, serveSessions(t), "apps", "-o", "json").want(t, exitDone, text(`{`, `  "apps": []`, `}`), "")
}

func TestAppsFitTheTerminal(t *testing.T) {
	apps := []api.App{{App: contact, Name: "Contact", Sessions: 12000, Pending: 3, Rejected: 2000}}
	for width, want := range map[int]string{
		60: text("APP                              SESSIONS  PENDING  REJECTED", "UTT7VDX8W5.com.contactApp.Cont…  12,000    3        2,000"),
		80: text("APP                                NAME     SESSIONS  PENDING  REJECTED", contact+"  Contact  12,000    3        2,000"),
	} {
		same(t, drawn(t, false, func(p *page) { p.width = width; p.apps(apps) }), want)
	}
}
