//go:build linux

package main

import (
	"context"
	"fmt"
)

// peer is a program that people have beside the daemon, and what it is compared
// in.
type peer struct {
	program string // as it is found in the path
	debian  string // the package that brings it
	measure func(l *lab, ctx context.Context, t *tree) error
}

func peersList() []peer {
	return []peer{
		{"git", "git", (*lab).besideGit},
		{"watchman", "watchman", (*lab).besideWatchman},
		{"redis-server", "redis-server", (*lab).besideRedis},
		{"hyperfine", "hyperfine", (*lab).besideHyperfine},
	}
}

// peers measures the daemon beside each of them that is installed, and says
// which are not.
func (l *lab) peers(ctx context.Context, files int) error {
	t, err := l.usual(ctx, files)
	if err != nil {
		return err
	}
	for _, p := range peersList() {
		if !installed(p.program) {
			l.report.note("%s is not installed (Debian: apt-get install %s)", p.program, p.debian)
			continue
		}
		l.say("beside %s", p.program)
		if err := p.measure(l, ctx, t); err != nil {
			return fmt.Errorf("cannot measure beside %s: %w", p.program, err)
		}
	}
	return nil
}
