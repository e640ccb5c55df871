package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// list --not-seen asks for who was last seen before that time; when each was is a column.
func TestNotSeen(t *testing.T) {
	asked := ""
	socket := serve(t, routes{"GET /v1/sessions": func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Query().Get("seenBefore")
		says(http.StatusOK, `{"sessions":[`+
			`{"session":"a.b/1","app":"a.b","id":"1","status":"accepted","modified":"2026-01-01T09:00:00Z","seenAt":"2026-09-01T10:05:00Z"},`+
			`{"session":"a.b/2","app":"a.b","id":"2","status":"accepted","modified":"2026-01-01T09:00:00Z"}],"epoch":"0000001f","revision":5}`)(w, r)
	}})
	for span, want := range map[string]time.Duration{"30d": 30 * 24 * time.Hour, "12h": 12 * time.Hour, "1h30m": 90 * time.Minute} {
		got := command(t, socket, "list", "--not-seen", span)
		got.want(t, exitDone, text(
			"SESSION  STATUS    E-MAIL  DEVICE  OS  MODIFIED             SEEN",
			"a.b/1    accepted  -       -       -   2026-01-01 09:00:00  2026-09-01 10:05:00",
			"a.b/2    accepted  -       -       -   2026-01-01 09:00:00  never",
		), "")
		if at := today().Add(-want).Format(time.RFC3339); asked != at {
			t.Errorf("--not-seen %s asks for %s, want %s", span, asked, at)
		}
	}
	for _, wrong := range []string{"", "30", "d", "0d", "-3d", "-1h", "1.5d", "36501d", "99999999999999999999d", "month"} {
		if got := command(t, socket, "list", "--not-seen="+wrong); got.status != exitUsage || !strings.Contains(got.err, "30d") {
			t.Errorf("--not-seen %q: %d %s", wrong, got.status, got.err)
		}
	}
	// It is a filter: what selects sessions for a change selects them by it, too.
	if got := command(t, socket, "delete", "--not-seen=1d", "a.b/1"); got.status != exitUsage {
		t.Errorf("with a key: %d %s", got.status, got.err)
	}
	if got := command(t, socket, "list", "--not-seen=1d", "--not-in-memory"); got.status != exitUsage {
		t.Errorf("with --not-in-memory: %d %s", got.status, got.err)
	}
}
