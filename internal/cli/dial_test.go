package cli

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sessiond/internal/api"
)

// A client that was given a settings file asks no daemon with another root, and
// does nothing there.
func TestOtherDaemon(t *testing.T) {
	root := t.TempDir()
	socket := serve(t, routes{
		"GET /v1/status":   says(200, asJSON(t, api.Status{Root: root})),
		"GET /v1/sessions": says(200, `{"sessions":[],"revision":1}`),
		"POST /":           func(http.ResponseWriter, *http.Request) { t.Error("something was asked to be done") },
		"GET /v1/events":   streams(nil, eventLine),
	})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Dir(root), link); err != nil {
		t.Fatal(err)
	}
	settings := func(text string) string {
		path := filepath.Join(t.TempDir(), "other.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	other := filepath.Join(filepath.Dir(root), "Other")
	file := settings("root: " + other)
	refusal := text(fmt.Sprintf(`sessiond: cannot ask the daemon at %q: its root is %q, and with %q it would be %q; name the right daemon's socket with --socket or in that file`,
		socket, root, file, other))
	for _, line := range []string{"list", "status", "refresh", "open --all", "open a.b/c", "show a.b/c", "events"} {
		t.Run(line, func(t *testing.T) {
			// A follower that was let in would stay.
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			commandUntil(ctx, t, socket, append(strings.Fields(line), "--config", file)...).want(t, exitFailed, "", refusal)
		})
	}
	a := newTestApp(t, socket)
	a.Environ[0] = "SESSIOND_CONFIG=" + file
	var out, errOut strings.Builder
	a.Out, a.Err = &out, &errOut
	result{a.main(t.Context(), []string{"open", "--all"}), out.String(), errOut.String()}.want(t, exitFailed, "", refusal)

	const none = "no such sessions in memory\n"
	for name, same := range map[string]string{
		"the same root":  "root: " + root,
		"spelled freely": "root: " + root + "/x/../",
		"through a link": "root: " + filepath.Join(link, filepath.Base(root)),
		"no root":        "admit: follow",
	} {
		t.Run(name, func(t *testing.T) {
			command(t, socket, "list", "--config", settings(same)).want(t, exitDone, "", none)
		})
	}
	t.Run("no daemon", func(t *testing.T) {
		if got := command(t, socketPath(t), "open", "--all", "--config", file); got.status != exitUnreachable {
			t.Errorf("got %+v", got)
		}
	})
}

// A root may be missing at both ends, or be reached in two ways.
func TestSameFolder(t *testing.T) {
	folder := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(folder, link); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		a, b string
		same bool
	}{
		{folder, folder + "/", true},
		{folder, link, true},
		{folder + "/gone/deep", link + "/gone/deep", true},
		{folder + "/gone", link + "/deep", false},
		{folder, folder + "/gone", false},
		{"/", "/nowhere", false},
	} {
		if sameFolder(tc.a, tc.b) != tc.same || sameFolder(tc.b, tc.a) != tc.same {
			t.Errorf("%q and %q: want %t", tc.a, tc.b, tc.same)
		}
	}
}
