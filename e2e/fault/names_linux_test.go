package fault

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// oddNames are names that Linux allows and that somebody may give to a file so that
// whoever lists it regrets it. Those with a control character are an app folder's
// only: no session file has one.
var oddNames = []string{
	"a\nb", "a\r", "\t", "\x1b[31mred", "\x1b]0;title\a", "\u009b2J", "\u202edesrever", "\u2028", "\ufeff", "\x7f",
	"quote\"", "back\\slash", "percent%2F", "$(id)", "; rm -rf", " ", "a b", "-rf", "--all",
	"\ufffd", "\U000e0001", "e\u0301", strings.Repeat("x", 255), strings.Repeat("ü", 127), "\u0001\u0002",
}

// TestOddNames fills a tree with odd names, of right and of wrong files and of app
// folders. What they are is judged like that of any other; whatever shows them to a
// person escapes them, and JSON stays JSON.
func TestOddNames(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	const app = "com.example.a"
	right, wrong := 0, 0
	for _, name := range oddNames {
		harness.Save(t, root, session.Key{App: app, ID: name}, "first@example.com")
		folder := name[:min(len(name), 200)] + ".com"
		if session.IsAppFolderName(folder) {
			harness.Save(t, root, session.Key{App: folder, ID: "right"}, "first@example.com")
			harness.Must(t, os.WriteFile(filepath.Join(root, folder, "wrong"), []byte("{"), 0o644))
			right, wrong = right+1, wrong+1
		}
		if session.IsSessionFileName(name) {
			right++
		}
	}
	for _, name := range []string{"\xff\xfe", "a\xc3", "\xed\xa0\x80", "#" + strings.Repeat("x", 254)} { // no session's
		harness.Must(t, os.WriteFile(filepath.Join(root, app, name), []byte("{"), 0o644))
		harness.Must(t, os.MkdirAll(filepath.Join(root, name[:min(len(name), 200)]+".\xff"), 0o755))
	}
	d := harness.Launch(t, root, "--settle", "20ms", "--log-format", "console")
	status := d.Reach(t, "aware of all", func(s *api.Status) bool {
		return s.Sessions == right && s.ErrorsTotal == wrong && !s.Busy
	})
	names := slices.DeleteFunc(slices.Clone(oddNames), func(name string) bool { return !session.IsSessionFileName(name) })
	for _, name := range names {
		d.Has(t, session.Key{App: app, ID: name}, "first@example.com")
	}
	run := func(wanted int, args ...string) []byte {
		t.Helper()
		cmd := d.Command(args...)
		var problems bytes.Buffer
		cmd.Stderr = &problems
		out, err := cmd.Output()
		if cmd.ProcessState.ExitCode() != wanted {
			t.Errorf("%q ended with %v, want %d: %s", args, err, wanted, problems.String())
		}
		mustBeHarmless(t, args, problems.Bytes())
		return out
	}
	for _, args := range [][]string{{"list"}, {"list", app}, {"status"}} {
		mustBeHarmless(t, args, run(0, args...))
	}
	for _, args := range [][]string{{"refresh"}, {"check", root}} {
		mustBeHarmless(t, args, run(3, args...))
	}
	for _, name := range names {
		key := session.Key{App: app, ID: name}.String()
		mustBeHarmless(t, []string{"show", key}, run(0, "show", key))
	}
	for _, args := range [][]string{{"list", "--output", "json"}, {"status", "--output", "json"}} {
		mustBeJSON(t, args, run(0, args...))
	}
	for _, args := range [][]string{{"refresh", "--output", "json"}, {"check", "--output", "json", root}} {
		mustBeJSON(t, args, run(3, args...))
	}
	log, err := os.ReadFile(d.LogFile())
	harness.Must(t, err)
	mustBeHarmless(t, []string{"the log"}, log)
	if status.Errors[0].Session.IsRoot() {
		t.Error("an error without its session")
	}
}

// mustBeHarmless insists that a text can be shown on a terminal.
func mustBeHarmless(t *testing.T, what []string, text []byte) {
	t.Helper()
	if !utf8.Valid(text) {
		t.Errorf("%q writes what is not UTF-8: %.300q", what, text)
	}
	for _, r := range string(text) {
		if r != '\n' && !unicode.IsGraphic(r) {
			t.Errorf("%q writes the character %U: %.300q", what, r, text)
			return
		}
	}
}

func mustBeJSON(t *testing.T, what []string, text []byte) {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value, jsontext.AllowInvalidUTF8(false)); err != nil {
		t.Errorf("%q writes what is not JSON: %v: %.300q", what, err, text)
	}
}
