// Command man writes the manual pages: one for each command, made from the
// command tree, and those whose Markdown stands beside this program. What the
// program knows better than a writer (settings, messages, exit statuses) is
// filled in.
//
//	go run ./docs/man -version 1.2.3 -date 2026-11-22 FOLDER
//
// The pages are made when a package is built and are not committed, so they are
// never older than the program.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func main() {
	var b book
	flag.StringVar(&b.version, "version", "unknown", "the `version` that the pages name")
	date := flag.String("date", time.Now().UTC().Format(time.DateOnly), "the `date` that the pages name, as in 2026-11-22")
	flag.Parse()
	if err := run(b, *date, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "man:", err)
		os.Exit(1)
	}
}

// run writes the pages into the folder that is named.
func run(b book, date string, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("name one folder for the pages, not %d", len(args))
	}
	var err error
	if b.date, err = time.Parse(time.DateOnly, date); err != nil {
		return fmt.Errorf("cannot read the date: %w", err)
	}
	pages, err := b.pages()
	if err != nil {
		return err
	}
	for _, p := range pages {
		if err := os.WriteFile(filepath.Join(args[0], p.file()), p.roff(), 0o644); err != nil { //nolint:gosec // everybody may read them
			return fmt.Errorf("cannot write a manual page: %w", err)
		}
	}
	return nil
}
