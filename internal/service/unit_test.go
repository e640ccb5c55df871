package service

import (
	"os"
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
	}
	if diff := cmp.Diff(systemd.Service(), got.unit()); diff != "" {
		t.Errorf("the unit differs from the packaged one (-packaged +rendered):\n%s", diff)
	}
	if diff := cmp.Diff(systemd.Socket(), got.socketUnit()); diff != "" {
		t.Errorf("the socket unit differs from the packaged one (-packaged +rendered):\n%s", diff)
	}
}

func TestUnitForAnotherBinary(t *testing.T) {
	got := Spec{
		Executable:  "/opt/my tools/sessiond",
		Run:         []string{"run", "--root", "/srv/4D $erver/100%", "--socket=/run/x/y/z%.sock"},
		Reload:      []string{"refresh", "--allow-rejected", "--socket=/run/x/y/z%.sock"},
		Root:        "/srv/4D $erver/100%",
		Socket:      "/run/x/y/z%.sock",
		SocketMode:  0o600,
		SocketGroup: "www-data",
	}
	want := []string{
		`RequiresMountsFor="/srv/4D $erver/100%%"`,
		`ExecStart="/opt/my tools/sessiond" run --root "/srv/4D $$erver/100%%" --socket=/run/x/y/z%%.sock`,
		`ExecReload="/opt/my tools/sessiond" refresh --allow-rejected --socket=/run/x/y/z%%.sock`,
		`RuntimeDirectory=x/y`,
	}
	if diff := cmp.Diff(want, changedLines(systemd.Service(), got.unit())); diff != "" {
		t.Errorf("changed lines (-want +got):\n%s", diff)
	}
	want = []string{`ListenStream=/run/x/y/z%%.sock`, `SocketMode=0600`, `SocketGroup=www-data`}
	if diff := cmp.Diff(want, changedLines(systemd.Socket(), got.socketUnit())); diff != "" {
		t.Errorf("changed lines of the socket unit (-want +got):\n%s", diff)
	}
}

// A follower has no files to look at again, and both kinds of replica need a network.
func TestUnitOfAReplica(t *testing.T) {
	got := Spec{
		Executable: "/usr/bin/sessiond", Run: []string{"run", "--follow=nats://192.0.2.1,nats://[2001:db8::1]"},
		Network: []string{"192.0.2.1", "2001:db8::1"},
	}
	want := []string{
		"Wants=network-online.target", "After=network-online.target",
		"ExecStart=/usr/bin/sessiond run --follow=nats://192.0.2.1,nats://[2001:db8::1]",
		"ExecReload=/bin/sh -c 'kill -HUP $MAINPID'", "IPAddressAllow=localhost 192.0.2.1 2001:db8::1",
	}
	if diff := cmp.Diff(want, changedLines(systemd.Service(), got.unit())); diff != "" {
		t.Errorf("changed lines (-want +got):\n%s", diff)
	}
	got.Reload, got.Network = []string{"refresh"}, nil
	want = []string{want[2], "ExecReload=/usr/bin/sessiond refresh"}
	if diff := cmp.Diff(want, changedLines(systemd.Service(), got.unit())); diff != "" {
		t.Errorf("changed lines on one machine (-want +got):\n%s", diff)
	}
}

// A root that systemd could not read back is named to the daemon alone.
func TestUnitForAnOddRoot(t *testing.T) {
	for root, want := range map[string]string{
		"/srv/4D":        "RequiresMountsFor=/srv/4D",
		"/srv/4D Server": `RequiresMountsFor="/srv/4D Server"`,
		`/srv/"4D"`:      "",
		"/srv/{4D}":      "",
		"":               "",
	} {
		got := ""
		for line := range strings.SplitSeq(Spec{Root: root}.unit(), "\n") {
			if strings.HasPrefix(line, "RequiresMountsFor=") {
				got = line
			}
		}
		if got != want {
			t.Errorf("the unit for %q has %q, want %q", root, got, want)
		}
	}
}

// changedLines returns the lines that are not those of the canonical unit.
func changedLines(canonical, unit string) []string {
	var changed []string
	lines := strings.Split(canonical, "\n")
	for i, line := range strings.Split(unit, "\n") {
		if line != lines[i] {
			changed = append(changed, line)
		}
	}
	return changed
}

// Packages make the same user and group.
func TestUserIsThatOfThePackage(t *testing.T) {
	conf, err := os.ReadFile("../../packaging/sysusers.conf")
	if err != nil {
		t.Fatal(err)
	}
	if want := "\n" + sysusersUser + "\n" + sysusersGroup + "\n"; !strings.HasSuffix(string(conf), want) {
		t.Errorf("the package makes others than %s", want)
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
		unit := Spec{Executable: "/" + word, Run: []string{"run", word}, Reload: []string{word}, Root: "/" + word}.unit()
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
