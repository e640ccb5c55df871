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
	askers, err := l.askers(ctx, []*tree{t})
	if err != nil {
		return err
	}
	defer askers.close()
	ratio := l.report.line("full pass, "+thousands(t.files)+" unchanged / git status", "×", "")
	for range l.rounds {
		git, err := timed(ctx, status[0], status[1:]...)
		if err != nil {
			return err
		}
		pass, err := timedPass(askers[0].wire, t.files)
		if err != nil {
			return err
		}
		ratio.add(0, float64(pass)/float64(git))
	}
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
		{"status", "--porcelain"}, // writes the index again, with signatures that have aged
	} {
		if _, err := output(ctx, git[0], slices.Concat(git[1:], step)...); err != nil {
			return nil, err
		}
	}
	l.committed = true
	return status, nil
}
