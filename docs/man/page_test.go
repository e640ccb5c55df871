package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"sessiond/internal/cli"
	"sessiond/internal/config"
	"sessiond/internal/session"
)

// write makes all pages and returns their texts by the names of their files,
// with roff's signs for dashes taken out.
func write(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	if err := run(book{version: "1.2.3"}, "2026-11-22", []string{dir}); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	pages := make(map[string]string)
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(dir, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		pages[file.Name()] = strings.ReplaceAll(string(text), `\-`, "-")
	}
	return pages
}

func wants(t *testing.T, pages map[string]string, file string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(pages[file], part) {
			t.Errorf("%s does not have %q", file, part)
		}
	}
}

func TestPageOfEachCommand(t *testing.T) {
	pages := write(t)
	for _, cmd := range verbs(cli.Tree()) {
		file := pageName(cmd) + ".1"
		wants(t, pages, file,
			".TH \""+strings.ToUpper(pageName(cmd))+"\" \"1\" \"2026-11-22\" \"sessiond 1.2.3\"",
			".SH NAME\n", ".SH SYNOPSIS\n", ".SH DESCRIPTION\n", ".SH EXIT STATUS\n", ".SH EXAMPLES\n", ".SH SEE ALSO\n")
		if cmd.Parent() == cmd.Root() {
			wants(t, pages, "sessiond.1", `\fB`+pageName(cmd)+`\fP(1)`)
		}
		if !cmd.HasAvailableSubCommands() || cli.RunsItself(cmd) {
			cmd.LocalFlags().VisitAll(func(f *pflag.Flag) { wants(t, pages, file, `\fB--`+f.Name+`\fP`) })
		}
		for line := range strings.Lines(cmd.Annotations[cli.ExitStatuses]) {
			wants(t, pages, file, ".TP\n\\fB"+strings.Fields(line)[0]+"\\fP\n")
		}
	}
}

func TestWhatTheProgramKnows(t *testing.T) {
	pages := write(t)
	for _, row := range config.Reference() {
		wants(t, pages, "sessiond.yaml.5", `\fB`+row.Key+`:\fP`, row.Env, row.Default)
	}
	for code := session.CodeLocation; code <= session.CodeToken; code++ {
		wants(t, pages, "sessiond-files.5", code.Message())
	}
}

// A page names only pages that there are, and shows no sign of Markdown.
func TestPagesHoldTogether(t *testing.T) {
	pages := write(t)
	reference := regexp.MustCompile(`\\fB(sessiond[a-z.-]*)\\fP\((\d)\)`)
	for file, text := range pages {
		for _, found := range reference.FindAllStringSubmatch(text, -1) {
			if _, ok := pages[found[1]+"."+found[2]]; !ok {
				t.Errorf("%s names %s(%s), which there is not", file, found[1], found[2])
			}
		}
		if found := regexp.MustCompile("\\*\\*|```|\\{\\{|<no value>").FindString(text); found != "" {
			t.Errorf("%s shows %s", file, found)
		}
	}
	if diff := cmp.Diff(pages, write(t)); diff != "" {
		t.Errorf("written again, they are others:\n%s", diff)
	}
}

func TestRunRefuses(t *testing.T) {
	for name, run := range map[string]func() error{
		"no folder":   func() error { return run(book{}, "2026-11-22", nil) },
		"a bad date":  func() error { return run(book{}, "22 November", []string{t.TempDir()}) },
		"nowhere":     func() error { return run(book{}, "2026-11-22", []string{filepath.Join(t.TempDir(), "none")}) },
		"two folders": func() error { return run(book{}, "2026-11-22", []string{t.TempDir(), t.TempDir()}) },
	} {
		if run() == nil {
			t.Errorf("%s: it goes on", name)
		}
	}
}
