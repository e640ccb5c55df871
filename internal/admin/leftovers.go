package admin

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dustin/go-humanize/english"
	"go.uber.org/zap"

	"sessiond/internal/api"
	"sessiond/internal/edit"
)

// leftovers are what an earlier run left of edits below a root that is not written to.
type leftovers struct {
	mu    sync.Mutex
	found []edit.Leftover
}

func (l *leftovers) get() []edit.Leftover {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.found
}

func (l *leftovers) set(found []edit.Leftover) (before []edit.Leftover) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, l.found = l.found, found
	return before
}

// leftoversEvery is the time between looks for leftovers, as long as there are some.
const leftoversEvery = 5 * time.Minute

// watchLeftovers looks for what was left of edits where nothing may be put in order, until
// there is nothing.
func (a *Admin) watchLeftovers(ctx context.Context) {
	select {
	case <-a.cfg.Passes.Ready():
	case <-ctx.Done():
		return
	}
	again := time.NewTicker(leftoversEvery)
	defer again.Stop()
	for {
		found, err := edit.Leftovers(ctx, a.cfg.Files, a.cfg.Settle)
		if err == nil {
			a.tellLeftovers(found)
			if len(found) == 0 {
				return
			}
		}
		select {
		case <-again.C: // also where the root could not be looked at
		case <-ctx.Done():
			return
		}
	}
}

// leftoverLines is how many leftovers have lines of their own in the log.
const leftoverLines = 10

const (
	textOnlyLeftover = "a crash interrupted a deletion, and the session file has a temporary name; files are not changed (--write off), so it keeps that: start once with --write on, which puts it back, or rename it in its folder to the session's id, with which the name ends before .tmp"
	textLeftover     = "a crash left a temporary file of an edit; the session file is in place; files are not changed (--write off), so it stays: start once with --write on, which puts it in order"
)

// tellLeftovers tells the log of those that were not found before.
func (a *Admin) tellLeftovers(found []edit.Leftover) {
	lines := 0
	before := a.leftovers.set(found)
	for _, l := range found {
		if slices.ContainsFunc(before, func(b edit.Leftover) bool { return b.Folder == l.Folder && b.Name == l.Name }) {
			continue
		}
		if lines++; lines > leftoverLines {
			continue
		}
		text := textLeftover
		if l.Only {
			text = textOnlyLeftover
		}
		a.cfg.Log.Warn(text, zap.String("session", l.Key.Short()), zap.String("folder", l.Folder), zap.String("name", namePattern(l)))
	}
	if lines > leftoverLines {
		a.cfg.Log.Warn("there are more temporary files that stay", zap.Int("files", lines-leftoverLines))
	}
}

// namePattern returns a pattern that the name of a leftover matches: a whole id is enough to
// make the session's token.
func namePattern(l edit.Leftover) string {
	const begin = len(".sessiond-d-")
	id := strings.TrimPrefix(l.Key.Short(), l.Key.App+"/")
	return l.Name[:min(begin, len(l.Name))] + "*" + strings.TrimSuffix(id, "…") + "*.tmp"
}

// leftoverHint says what was left; nil for nothing.
func (a *Admin) leftoverHint() []api.Hint {
	found := a.leftovers.get()
	if len(found) == 0 {
		return nil
	}
	const remedy = "--write is off, so they stay: start once with --write on, which puts them in order"
	at := slices.IndexFunc(found, func(l edit.Leftover) bool { return l.Only })
	if at < 0 {
		return []api.Hint{hint(api.HintLeftBehind, "a crash left %s of edits, the first in %q, and the session files are in place; %s",
			english.Plural(len(found), "temporary file", "temporary files"), found[0].Folder, remedy)}
	}
	only := 0
	for _, l := range found {
		if l.Only {
			only++
		}
	}
	return []api.Hint{hint(api.HintLeftBehind, "a crash interrupted deletions, and %s, the first as %s in %q; %s, or rename each to its session's id, with which the name ends before .tmp",
		english.Plural(only, "session file has a temporary name", "session files have temporary names"), namePattern(found[at]), found[at].Folder, remedy)}
}
