package cli

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Wrong usage is exit status 2, nothing on standard output, one clear line and
// a pointer to the help.
func TestWrongUsage(t *testing.T) {
	for _, tc := range []struct {
		line, says, help string
	}{
		{"stauts", `"stauts" is not a command of sessiond; did you mean status?`, "sessiond"},
		{"nonsense", `"nonsense" is not a command of sessiond`, "sessiond"},
		{"--nonsense", "unknown flag: --nonsense", "sessiond"},
		{"help nonsense", `"nonsense" is not a command`, "sessiond help"},
		{"--version x", `"x" is not a command of sessiond`, "sessiond"},
		{"status --nonsense", "unknown flag: --nonsense", "sessiond status"},
		{"status -x", "unknown shorthand flag: 'x' in -x", "sessiond status"},
		{"status x", `unexpected argument "x": sessiond status takes no arguments`, "sessiond status"},
		{"status --output xml", `invalid argument "xml" for --output: must be table or json`, "sessiond status"},
		{"status --output", "flag needs an argument: --output", "sessiond status"},
		{"refresh x", `unexpected argument "x": sessiond refresh takes no arguments`, "sessiond refresh"},
		{"list a.b c.d", `unexpected argument "c.d": sessiond list takes one APP`, "sessiond list"},
		{"list --status gone", `status is "gone"; it may be "accepted" or "pending"`, "sessiond list"},
		{"list --app a.b c.d", "give either APP or --app", "sessiond list"},
		{"list --domain @b.c", `domain is "@b.c"; it is what follows the @ of an e-mail address`, "sessiond list"},
		{"list --match=", `invalid argument "" for --match: it is empty; leave the flag out for all`, "sessiond list"},
		{"list --sort size", `sort is "size"; it may be key, email, status, device, modified, loaded or seen, with - before it in descending order`, "sessiond list"},
		{"list --modified-before soon", `invalid argument "soon" for --modified-before: ` + errMoment.Error(), "sessiond list"},
		{"list --duplicate yes", `duplicate is "yes"; it may be "certain", "likely" or "any"`, "sessiond list"},
		{"duplicates --kind any", `invalid argument "any" for --kind: must be certain or likely`, "sessiond duplicates"},
		{"duplicates --limit 0", `invalid argument "0" for --limit: must be 1 or more`, "sessiond duplicates"},
		{"list --not-in-memory --sort email", "--not-in-memory goes with no filter and no --sort: it lists files, not sessions", "sessiond list"},
		{"list --limit 0", `invalid argument "0" for --limit: must be 1 or more`, "sessiond list"},
		{"list --limit -1", `invalid argument "-1" for --limit: must be 1 or more`, "sessiond list"},
		{"list --keys -o json", "give either --keys or --output", "sessiond list"},
		{"list --not-in-memory --status pending", "--not-in-memory goes with no filter and no --sort: it lists files, not sessions", "sessiond list"},
		{"show", "KEY is missing", "sessiond show"},
		{"show a.b/c d.e/f", `unexpected argument "d.e/f": sessiond show takes one KEY`, "sessiond show"},
		{"open", "KEY, --all or --since is missing", "sessiond open"},
		{"open --all a.b/c", "give only one of KEYs, --all and --since", "sessiond open"},
		{"open --since 2h a.b/c", "give only one of KEYs, --all and --since", "sessiond open"},
		{"open --all --since 2h", "give only one of KEYs, --all and --since", "sessiond open"},
		{"open --since 19:00", `invalid argument "19:00" for --since: it lies in the future`, "sessiond open"},
		{"open --since yesterday", `invalid argument "yesterday" for --since: ` + errMoment.Error(), "sessiond open"},
		{"accept", "KEY is missing, or a filter such as --domain", "sessiond accept"},
		{"accept a.b/c", "there is no terminal to ask on: look with --dry-run, then give --yes", "sessiond accept"},
		{"hold", "KEY is missing, or a filter such as --domain", "sessiond hold"},
		{"set a.b/c --yes", "--email or --no-email is missing", "sessiond set"},
		{"set a.b/c d.e/f --no-email", `unexpected argument "d.e/f": sessiond set takes one KEY`, "sessiond set"},
		{"set a.b/c --no-email --email x@y", "give either --email or --no-email", "sessiond set"},
		{"set a.b/c --email x\x07@y", `invalid argument "x\a@y" for --email: it must not have control characters`, "sessiond set"},
		{"delete", "KEY is missing, or a filter such as --domain", "sessiond delete"},
		{"delete a.b/c", "there is no terminal to ask on: look with --dry-run, then give --yes", "sessiond delete"},
		{"restore", "ID is missing", "sessiond restore"},
		{"trash prge", `"prge" is not a command of sessiond trash; did you mean purge?`, "sessiond trash"},
		{"trash --limit 0", `invalid argument "0" for --limit: must be 1 or more`, "sessiond trash"},
		{"trash purge", "KEY or --email is missing", "sessiond trash purge"},
		{"trash purge a.b/c", "there is no terminal to ask on: look with --dry-run, then give --yes", "sessiond trash purge"},
		{"audit x", `unexpected argument "x": sessiond audit takes no arguments`, "sessiond audit"},
		{"audit --action eat", `invalid argument "eat" for --action: must be one of ` + strings.Join(auditActions(), ", "), "sessiond audit"},
		{"audit --since 19:00", `invalid argument "19:00" for --since: it lies in the future`, "sessiond audit"},
		{"audit --limit 0", `invalid argument "0" for --limit: must be 1 or more`, "sessiond audit"},
		{"rejected --keys -o json", "give either --keys or --output", "sessiond rejected"},
		{"events --since soon", `invalid argument "soon" for --since: must be a revision: a number, or EPOCH-NUMBER`, "sessiond events"},
		{"check --root /x /y", "give either PATHs or --root", "sessiond check"},
		{"schema x", `unexpected argument "x": sessiond schema takes no arguments`, "sessiond schema"},
		{"completion tcsh", `there is no script for "tcsh"; name a shell: bash, zsh, fish or powershell`, "sessiond completion"},
		{"completion", "name a shell: bash, zsh, fish or powershell", "sessiond completion"},
		{"completion bash zsh", `unexpected argument "zsh": sessiond completion takes one shell`, "sessiond completion"},
		{"version x", `unexpected argument "x": sessiond version takes no arguments`, "sessiond version"},
		{"service", "a command is missing", "sessiond service"},
		{"service dance", `"dance" is not a command of sessiond service`, "sessiond service"},
		{"run x", `unexpected argument "x": sessiond run takes no arguments; did you mean --root DIR?`, "sessiond run"},
	} {
		t.Run(tc.line, func(t *testing.T) {
			command(t, "", strings.Fields(tc.line)...).want(t, exitUsage, "",
				text("sessiond: "+tc.says, "Try '"+tc.help+" --help'."))
		})
	}
}

// An empty filter or argument, as a variable that is not set leaves it, is never
// taken for all.
func TestEmptyFilters(t *testing.T) {
	socket := serve(t, routes{"/": func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the daemon was asked for %s", r.URL) }})
	command(t, socket, "open", anna.String(), "").want(t, exitUsage, "", text("sessiond: KEY is empty", "Try 'sessiond open --help'."))
	for says, args := range map[string][]string{
		`invalid argument "" for --email: it is empty; leave the flag out for all`:    {"list", "--email", ""},
		`invalid argument "" for --status: it is empty; leave the flag out for all`:   {"list", "--status="},
		`invalid argument "" for --email: it is empty; --no-email clears the address`: {"set", "a.b/c", "--email", ""},
		`invalid argument "" for --reason: it is empty; leave the flag out for none`:  {"delete", "a.b/c", "--reason="},
		`invalid argument "" for --app: it is empty; leave the flag out for all`:      {"trash", "--app", ""},
		`invalid argument "" for --session: it is empty; leave the flag out for all`:  {"audit", "--session", ""},
		"ID is empty":   {"restore", ""},
		"APP is empty":  {"list", ""},
		"KEY is empty":  {"show", ""},
		"PATH is empty": {"check", someTree(t), ""},
		`invalid argument "" for --since: must be a revision: a number, or EPOCH-NUMBER`: {"events", "--since", ""},
		`invalid argument "" for --since: ` + errMoment.Error():                          {"open", "--since", ""},
	} {
		command(t, socket, args...).want(t, exitUsage, "", text("sessiond: "+says, "Try 'sessiond "+args[0]+" --help'."))
	}
}

// A wrong setting ends every command before anything starts: with 2 where the
// command line is at fault, with 78 where the text of the environment or the file
// is, with 1 where the machine is not as it asks for.
func TestWrongSettings(t *testing.T) {
	unknown := filepath.Join(t.TempDir(), "unknown.yaml")
	if err := os.WriteFile(unknown, []byte("setle: 5s\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		line   string
		status int
		says   string
	}{
		{"run", exitConfig, "cannot use setting root"},
		{"check", exitConfig, "cannot use setting root"},
		{"service install", exitConfig, "cannot use setting root"},
		{"run --root /x --settle soon", exitUsage, "cannot use setting settle from flag --settle"},
		{"run --root /x --admit all", exitUsage, "cannot use setting admit from flag --admit"},
		{"run --root /x --debounce 1s", exitUsage, "cannot use setting debounce from flag --debounce"},
		{"run --root /x --config=", exitUsage, "cannot use setting config from flag --config: it is empty"},
		{"run --root /x --config /nonexistent", exitFailed, "cannot use setting config from flag --config"},
		{"run --root /x --config " + unknown, exitConfig, "cannot use setting setle from " + unknown + ":1"},
		{"status --config " + unknown, exitConfig, "cannot use setting setle from " + unknown + ":1"},
		{"check --root /x --config " + unknown, exitConfig, "cannot use setting setle from " + unknown + ":1"},
		{"run --root /x --log-level error --socket @x", exitUsage, "cannot use setting socket"},
		{"run --root " + t.TempDir() + " --socket-group no-such-group-here --log-level error --socket " + socketPath(t), exitFailed, "cannot use setting socket-group from flag --socket-group"},
		{"run --root " + t.TempDir() + " --admin-group no-such-group-here --log-level error --socket " + socketPath(t), exitFailed, "cannot use setting admin-group from flag --admin-group: no such group"},
	} {
		t.Run(tc.line, func(t *testing.T) {
			got := command(t, "", strings.Fields(tc.line)...)
			if got.status != tc.status || got.out != "" || !strings.HasPrefix(got.err, "sessiond: "+tc.says) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// A root that is a file is refused, and the machine is to blame: it is 1.
func TestRunRefusesAFileAsRoot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "MobileApps")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	for root, says := range map[string]string{
		file:                        "it is not a folder; name the MobileApps folder, the one that holds the app folders",
		link:                        "it is not a folder; name the MobileApps folder, the one that holds the app folders",
		os.DevNull:                  "it is not a folder; name the MobileApps folder, the one that holds the app folders",
		filepath.Join(file, "deep"): "a part of its path is not a folder",
	} {
		// A folder cannot be a socket: a daemon that got so far would end there.
		command(t, "", "run", "--root", root, "--socket", t.TempDir()).
			want(t, exitFailed, "", fmt.Sprintf("sessiond: cannot use the root %q: %s\n", root, says))
	}
}

// verbs returns every command below one, and that one.
func verbs(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, below := range cmd.Commands() {
		all = append(all, verbs(below)...)
	}
	return all
}

func TestEveryHelp(t *testing.T) {
	for _, verb := range verbs(newTestApp(t, "").root()) {
		path := strings.Fields(verb.CommandPath())[1:]
		t.Run(strings.Join(path, " "), func(t *testing.T) {
			for _, line := range [][]string{append(slices.Clip(path), "--help"), append([]string{"help"}, path...)} {
				got := command(t, "", line...)
				if got.status != exitDone || got.err != "" {
					t.Fatalf("%v: got %+v", line, got)
				}
				for line := range strings.Lines(got.out) {
					if n := utf8.RuneCountInString(line) - 1; n > helpWidth {
						t.Errorf("%d columns: %s", n, line)
					}
				}
				for _, part := range []string{"Usage:", "Examples:", "Exit status:\n  0   done\n  1   failed\n  2   wrong usage\n", "\n  78  the environment or the settings file says something wrong\n"} {
					if !strings.Contains(got.out, part) {
						t.Errorf("%v: no %q in the help:\n%s", line, part, got.out)
					}
				}
			}
			verb.LocalFlags().VisitAll(func(f *pflag.Flag) {
				if strings.Contains(f.Usage, "`") {
					t.Errorf("--%s: a shell would show the marks in %q", f.Name, f.Usage)
				}
			})
			if verb.Short == "" || !strings.Contains(verb.Example, "sessiond") {
				t.Error("a short text or an example is missing")
			}
		})
	}
}

// Who gives no command gets the help, which is no output: it is wrong usage.
func TestNoCommand(t *testing.T) {
	help := command(t, "", "--help").out
	if !strings.Contains(help, "Asking the running daemon:") {
		t.Fatalf("the help is %q", help)
	}
	command(t, "").want(t, exitUsage, "", help)
}
