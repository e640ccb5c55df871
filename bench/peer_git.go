//go:build linux

package main

import (
	"context"
	"path/filepath"
	"slices"
)

// besideGit compares a full pass with git status in a clean work tree: git, too,
// looks at every file and believes signatures that are as they were.
func (l *lab) besideGit(ctx context.Context, t *tree) error {
	status, err := l.repository(ctx, t)
	if err != nil {
		return err
	}
	d, err := l.startDaemon(ctx, t.root)
	if err != nil {
		return err
	}
	defer d.end()
	if err := d.aged(ctx, t.files); err != nil {
		return err
	}
	asking, err := dialWire(d.socket)
	if err != nil {
		return err
	}
	defer asking.close()
	var git, pass []float64
	for range l.rounds {
		took, err := timed(ctx, status[0], status[1:]...)
		if err != nil {
			return err
		}
		passed, err := timedPass(asking, t.files)
		if err != nil {
			return err
		}
		git, pass = append(git, float64(took)), append(pass, float64(passed))
	}
	l.report.add("full pass, "+thousands(t.files)+" unchanged / git status", "×", "", ratios(pass, git))
	l.report.keep("git status", git)
	l.report.keep("full pass beside git", pass)
	return nil
}

// repository puts the tree into a repository of git's, whose own files are
// elsewhere, and returns the command that asks for its status.
func (l *lab) repository(ctx context.Context, t *tree) ([]string, error) {
	git := []string{"git", "--git-dir=" + filepath.Join(l.temp, "git"), "--work-tree=" + t.root}
	status := slices.Concat(git, []string{"status", "--porcelain"})
	if l.committed {
		return status, nil
	}
	for _, step := range [][]string{
		{"init", "--quiet"},
		{"-c", "core.compression=0", "add", "--all"},
		{"-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "--quiet", "--message=All"},
		{"status", "--porcelain"}, // writes the index anew, with signatures that have aged
	} {
		if _, err := output(ctx, git[0], slices.Concat(git[1:], step)...); err != nil {
			return nil, err
		}
	}
	l.committed = true
	return status, nil
}
