package cli

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/api"
	"sessiond/internal/session"
	"sessiond/internal/validate"
)

func TestSchemaVerb(t *testing.T) {
	var want, got jsontext.Value = validate.Schema(), jsontext.Value(command(t, "", "schema").out)
	if err := errors.Join(want.Compact(), got.Compact()); err != nil {
		t.Fatal(err)
	}
	same(t, string(got), string(want))
}

func TestVersionVerb(t *testing.T) {
	got := command(t, "", "version")
	if got.status != exitDone || !strings.HasPrefix(got.out, "sessiond 1.2.3\n") || !strings.Contains(got.out, runtime.Version()) {
		t.Errorf("got %+v", got)
	}
	command(t, "", "--version").want(t, exitDone, got.out, "")
	same(t, decode[build](t, command(t, "", "version", "-o", "json").out).Version, "1.2.3")

	a := newTestApp(t, "")
	a.Version = ""
	if b := a.build(); b.Version == "" || b.Go != runtime.Version() {
		t.Errorf("without a version from the linker: %+v", b)
	}
}

// fullDisk takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// What cannot be written is a failure, not a silence.
func TestUnwritableOutput(t *testing.T) {
	r := report()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	socket := serve(t, routes{
		"POST /v1/refresh": says(200, string(text)),
		"GET /v1/sessions": says(200, `{"sessions":[{"session":"a.b/c"}]}`),
		"GET /v1/status":   says(200, asJSON(t, api.Status{})),
		"GET /v1/events":   streams(nil, eventLine),
	})
	for _, line := range []string{
		"schema", "version", "version -o json", "--version", "completion bash", "refresh", "list", "list -o json", "status", "events",
		"check " + tree(t, map[session.Key]string{{App: "a.b", ID: "c"}: "{"}),
	} {
		t.Run(line, func(t *testing.T) {
			a := newTestApp(t, socket)
			var errOut strings.Builder
			a.Out, a.Err = fullDisk{}, &errOut
			status := a.main(t.Context(), strings.Fields(line))
			if status != exitFailed || errOut.String() != "sessiond: cannot write to standard output: no space left on device\n" {
				t.Errorf("exit status %d, %s", status, &errOut)
			}
		})
	}
}

// Arguments and answers may hold anything; what is told about them is one
// printable line.
func TestDiagnosticsAreEscaped(t *testing.T) {
	socket := serve(t, routes{"GET /v1/status": says(503, `{"title":"x","status":503,"detail":"\u001b[2J\nsessiond: all is well"}`)})
	command(t, socket, "status").want(t, exitFailed, "", `sessiond: \u001b[2J\nsessiond: all is well`+"\n")
	if got := command(t, "", "\x1b[2J\n"); !harmless(strings.ReplaceAll(got.err, "\n", "")) || strings.Count(got.err, "\n") != 2 {
		t.Errorf("got %q", got.err)
	}
}

func TestMainRunsACommandLine(t *testing.T) {
	var out strings.Builder
	if status := Main([]string{"version"}, Process{Out: &out, Err: io.Discard, Version: "9"}); status != exitDone {
		t.Errorf("exit status %d", status)
	}
	if !strings.HasPrefix(out.String(), "sessiond 9\n") {
		t.Errorf("got %q", out.String())
	}
}
