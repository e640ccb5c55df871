package service

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sessiond/systemd"
)

func TestUnitIsTheCanonicalOne(t *testing.T) {
	got := Spec{
		Executable: "/usr/bin/sessiond",
		Run:        []string{"run"},
		Reload:     []string{"refresh", "--allow-rejected"},
	}.unit()
	if diff := cmp.Diff(systemd.Service(), got); diff != "" {
		t.Errorf("the unit differs from the packaged one (-packaged +rendered):\n%s", diff)
	}
}

func TestUnitForAnotherBinary(t *testing.T) {
	got := Spec{
		Executable: "/opt/my tools/sessiond",
		Run:        []string{"run", "--root", "/srv/4D $erver/100%", "--socket=/run/x.sock"},
		Reload:     []string{"refresh", "--allow-rejected", "--socket=/run/x.sock"},
	}.unit()
	var changed []string
	canonical := strings.Split(systemd.Service(), "\n")
	for i, line := range strings.Split(got, "\n") {
		if line != canonical[i] {
			changed = append(changed, line)
		}
	}
	want := []string{
		`ExecStart="/opt/my tools/sessiond" run --root "/srv/4D $$erver/100%%" --socket=/run/x.sock`,
		`ExecReload="/opt/my tools/sessiond" refresh --allow-rejected --socket=/run/x.sock`,
	}
	if diff := cmp.Diff(want, changed); diff != "" {
		t.Errorf("changed lines (-want +got):\n%s", diff)
	}
}

func TestQuote(t *testing.T) {
	for word, want := range map[string]string{
		"/srv/MobileApps":   `/srv/MobileApps`,
		"":                  `""`,
		"two words":         `"two words"`,
		`a"b'c`:             `"a\x22b\x27c"`,
		`back\slash`:        `"back\x5cslash"`,
		"%h":                `%%h`,
		"line\nExecStop=rm": `"line\x0aExecStop=rm"`,
		"{{Path}}":          `"\x7b\x7bPath\x7d\x7d"`,
		";":                 `"\x3b"`,
		"#not":              `"\x23not"`,
		"Zoë":               `Zoë`,
		"no\u00a0break":     "\"no\u00a0break\"",
		"\xff":              `"\xff"`,
		"\u0085":            `"\xc2\x85"`,
	} {
		if got := quote(word); got != want {
			t.Errorf("%q is %s, want %s", word, got, want)
		}
	}
}

// Nothing that comes from outside may reach kardianos's templates as an action,
// or end a line of the unit.
func FuzzUnit(f *testing.F) {
	for _, seed := range []string{"/srv/MobileApps", "{{Path}}", "}}", "a\nb", `\`, `"`, "$HOME", "%h", "\xff", " "} {
		f.Add(seed)
	}
	lines := strings.Count(systemd.Service(), "\n")
	f.Fuzz(func(t *testing.T, word string) {
		unit := Spec{Executable: "/" + word, Run: []string{"run", word}, Reload: []string{word}}.unit()
		if strings.ContainsAny(unit, "{}") || strings.Count(unit, "\n") != lines || strings.Contains(unit, "\\\n") {
			t.Errorf("unit for %q:\n%s", word, unit)
		}
		for line := range strings.Lines(unit) {
			if strings.HasPrefix(line, "Exec") && strings.Count(line, `"`)%2 != 0 {
				t.Errorf("quotes of %q: %s", word, line)
			}
		}
	})
}

func TestUnitHoldsNoTemplate(t *testing.T) {
	if strings.ContainsAny(systemd.Service(), "{}") {
		t.Error("kardianos would read the unit's braces as a template")
	}
	if !slices.Contains(strings.Split(systemd.Service(), "\n"), "ExecReload=/usr/bin/sessiond refresh --allow-rejected") {
		t.Error("the unit does not reload by a command that waits")
	}
}
