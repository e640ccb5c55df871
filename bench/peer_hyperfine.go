//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
)

// besideHyperfine has hyperfine time the commands as a person would type them,
// sessiond refresh among them, so that somebody else's stopwatch agrees.
func (l *lab) besideHyperfine(ctx context.Context, t *tree) error {
	d, err := l.start(ctx, 0, t.root)
	if err != nil {
		return err
	}
	defer d.end()
	if err := d.aged(ctx, t.files); err != nil {
		return err
	}
	commands := [][]string{
		{"find", t.root, "-printf", `%s %T@ %C@ %i %p\n`},
		{l.floor, "look", t.root, "2"},
		{l.binaries[0], "refresh", "--socket", d.socket},
	}
	names := []string{"", "floor look", "sessiond refresh"}
	if installed("git") {
		status, err := l.repository(ctx, t)
		if err != nil {
			return err
		}
		commands, names = append(commands, status), append(names, "git status")
	}
	results := filepath.Join(l.temp, "hyperfine.json")
	args := []string{"-N", "--style", "none", "--warmup", "2", "--runs", strconv.Itoa(l.rounds), "--export-json", results}
	for _, c := range commands {
		args = append(args, quoted(c))
	}
	if _, err := output(ctx, "hyperfine", args...); err != nil {
		return err
	}
	text, err := os.ReadFile(results)
	if err != nil {
		return fmt.Errorf("cannot read what hyperfine found: %w", err)
	}
	var found struct {
		Results []struct {
			Times []float64 `json:"times"`
		} `json:"results"`
	}
	if err := json.Unmarshal(text, &found); err != nil {
		return fmt.Errorf("cannot read what hyperfine found: %w", err)
	}
	for i, r := range found.Results[1:] {
		// One command after the other: the runs of a round did not run together.
		ratio := l.report.line("hyperfine: "+names[i+1]+" / find -printf", "×", "")
		for run, took := range r.Times {
			ratio.add(0, took/found.Results[0].Times[run])
		}
	}
	return nil
}

// quoted returns a command as hyperfine splits it.
func quoted(command []string) string {
	words := make([]string, len(command))
	for i, word := range command {
		words[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return strings.Join(words, " ")
}
