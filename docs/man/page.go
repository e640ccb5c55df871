package main

import (
	"embed"
	"fmt"
	"path"
	"regexp"
	"strings"
	"text/template"
	"time"

	"github.com/cpuguy83/go-md2man/v2/md2man"

	"sessiond/internal/cli"
	"sessiond/internal/config"
	"sessiond/internal/session"
)

// The hand-written pages, each named NAME.SECTION.md.
//
//go:embed *.md
var written embed.FS

// book is all manual pages of one version.
type book struct {
	version string
	date    time.Time
}

// page is one manual page.
type page struct {
	name    string // "sessiond-refresh"
	section string // "1"
	version string
	date    time.Time
	text    string // Markdown, from the heading NAME on
}

// pages returns every page: the commands', then the hand-written.
func (b book) pages() ([]page, error) {
	var pages []page
	for _, cmd := range verbs(cli.Tree()) {
		pages = append(pages, b.page(pageName(cmd), "1", verbText(cmd)))
	}
	entries, err := written.ReadDir(".")
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		file := strings.TrimSuffix(entry.Name(), ".md")
		section := strings.TrimPrefix(path.Ext(file), ".")
		text, err := fill(entry.Name())
		if err != nil {
			return nil, fmt.Errorf("cannot fill in %s: %w", entry.Name(), err)
		}
		pages = append(pages, b.page(strings.TrimSuffix(file, "."+section), section, text))
	}
	return pages, nil
}

func (b book) page(name, section, text string) page {
	return page{name: name, section: section, version: b.version, date: b.date, text: text}
}

// file returns the name of the page's file.
func (p page) file() string { return p.name + "." + p.section }

// roff returns the page as man reads it.
func (p page) roff() []byte {
	manual := map[string]string{"1": "User Commands", "5": "File Formats"}[p.section]
	head := fmt.Sprintf("%% %q %q %q %q %q\n\n",
		strings.ToUpper(p.name), p.section, p.date.Format(time.DateOnly), "sessiond "+p.version, manual)
	text := md2man.Render([]byte(head + p.text))
	// The renderer sets examples flush with the text, and leaves empty lines,
	// which mean nothing.
	for _, change := range []struct{ from, to string }{
		{`(?m)^\.EX$`, ".PP\n.RS 4\n.EX"},
		{`(?m)^\.EE$`, ".EE\n.RE"},
		{`\n{2,}`, "\n"},
		{`(?m)^(\.SH .*\n)\.PP\n`, "$1"},
	} {
		text = regexp.MustCompile(change.from).ReplaceAll(text, []byte(change.to))
	}
	return text
}

// fill returns a hand-written page with what the program knows filled in.
func fill(file string) (string, error) {
	told := make(map[string]bool)
	rows := make(map[string]config.Entry)
	for _, row := range config.Reference() {
		rows[row.Key] = row
	}
	functions := template.FuncMap{
		// setting KEY describes a setting.
		"setting": func(key string) (string, error) {
			row, ok := rows[key]
			if !ok {
				return "", fmt.Errorf("%q is not a setting", key)
			}
			told[key] = true
			return settingText(row), nil
		},
		// all fails where the page has left out a setting.
		"all": func() (string, error) {
			for key := range rows {
				if !told[key] {
					return "", fmt.Errorf("the setting %s is not described", key)
				}
			}
			return "", nil
		},
		// mobi N is 4D's message for an error.
		"mobi": func(n int) string { return session.Code(n).Message() },
		// commands lists the commands.
		"commands": func() string { return commandsText(cli.Tree()) },
		// statuses lists all exit statuses.
		"statuses": func() string { return statusesText(cli.Tree()) },
		// description says what the program is.
		"description": func() string { return plainText(cli.Tree().Long) },
	}
	t, err := template.New(file).Funcs(functions).ParseFS(written, "*")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.ExecuteTemplate(&b, file, nil)
	return b.String(), err
}
