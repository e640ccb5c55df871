package refresh_test

import (
	"errors"
	"io/fs"
	"slices"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// guard holds every pass against what no pass may do, whatever it was made for: log
// anybody out whom nobody meant to. It knows only the tree and what readers see.
type guard struct {
	t     tester
	tree  *tree
	clock *clock
	quiet time.Duration // SettleMany

	root    mobileapps.Mount            // that was accepted last
	folders map[string]mobileapps.Mount // the same of app folders

	removed   map[session.Key]time.Time
	asked     map[session.Key]bool // somebody who asked was shown that it is bad
	heldSince map[session.Key]time.Duration
	log       []guarded
}

// guarded is a pass that changed the number of sessions.
type guarded struct {
	at       time.Duration
	sessions int // before
	removed  int // that nobody asked for, and that were not held before
}

func newGuard(t tester, tree *tree, clock *clock, quiet time.Duration) *guard {
	return &guard{
		t: t, tree: tree, clock: clock, quiet: quiet,
		folders: map[string]mobileapps.Mount{}, removed: map[session.Key]time.Time{}, asked: map[session.Key]bool{}, heldSince: map[session.Key]time.Duration{},
	}
}

// isGood reports whether the file of a key is valid, readable or not.
func (g *guard) isGood(key session.Key) bool {
	n := g.tree.at(key.String())
	return g.tree.isLinked() && n != nil && n.kind.IsRegular() && isValid(string(n.data))
}

// check takes a pass that had some sessions before, and what readers see after it.
func (g *guard) check(req refresh.Request, had keys, now *reader) {
	g.t.Helper()
	if !req.RemovedSince.IsZero() {
		req.Keys = slices.Clone(req.Keys)
		for key, at := range g.removed {
			if !at.Before(req.RemovedSince) {
				req.Keys = append(req.Keys, key)
			}
		}
	}
	away, took := g.accept(req, had, now)
	mono := g.clock.read().Mono
	pass := guarded{at: mono, sessions: len(had)}
	for key := range had {
		if !g.isGood(key) && isAsked(req.Trigger) && asksFor(req, key) && !took[key.App] && !away[key.App] {
			g.asked[key] = true
		}
		if _, has := now.sessions[key]; has {
			continue
		}
		since, held := g.heldSince[key]
		switch {
		case g.isGood(key) && g.tree.faults.during == nil:
			g.t.Fatalf("the session of %q is gone, and its file is good", key)
		case away[key.App]:
			g.t.Fatalf("the session of %q is gone while the mount of its folder is away or foreign", key)
		case took[key.App]:
			g.t.Fatalf("the session of %q is gone in the pass that takes a mount", key)
		case g.asked[key]:
		case !held:
			pass.removed++
		case mono-since < g.quiet:
			g.t.Fatalf("the session of %q is gone after it was held for %v", key, mono-since)
		}
	}
	g.checkSum(pass)
	for key := range g.asked {
		if _, has := now.sessions[key]; !has || g.isGood(key) && req.Full && now.isSettled(key) {
			delete(g.asked, key)
		}
	}
	for key := range had {
		if now.unsettled[key].Reason != session.ReasonManyGone {
			delete(g.heldSince, key)
		} else if _, held := g.heldSince[key]; !held {
			g.heldSince[key] = mono
		}
	}
	for key := range had {
		if _, has := now.sessions[key]; !has {
			g.removed[key.Clone()] = g.clock.read().Wall
		}
	}
	for key := range now.sessions {
		delete(g.removed, key)
	}
	if pass.removed > 0 || len(now.sessions) != len(had) {
		g.log = append(g.log, pass)
	}
}

// checkSum holds the sum of removals against a fifth, and 20. Passes that follow
// within a hundredth of the time may be counted as one.
func (g *guard) checkSum(pass guarded) {
	g.t.Helper()
	sum, most := pass.removed, pass.sessions
	for _, p := range g.log {
		if age := pass.at - p.at; age <= g.quiet {
			most = max(most, p.sessions)
			if age < g.quiet-g.quiet/100 {
				sum += p.removed
			}
		}
	}
	if pass.removed > 0 && g.quiet > 0 && sum > 20 && 5*sum > most {
		g.t.Fatalf("%d sessions of %d are gone within %v, and nobody asked", sum, most, g.quiet)
	}
}

// accept says of which app folders nothing may be said now, since their mount is
// away or foreign, and of which another mount is taken.
func (g *guard) accept(req refresh.Request, had keys, readers *reader) (away, took map[string]bool) {
	away, took = map[string]bool{}, map[string]bool{}
	perApp := map[string]keys{}
	for key, data := range had {
		if perApp[key.App] == nil {
			perApp[key.App] = keys{}
		}
		perApp[key.App][key] = data
	}
	before, rootAway, rootTook := g.root, false, false
	root, now := g.tree.find("")
	if root == nil || !g.tree.isLinked() {
		near, _ := g.tree.Nearest(mobileapps.Place{Path: "/" + rootName})
		now = near.Mount
	}
	if now != before && len(had) > 0 && !req.TakeRoot {
		rootTook = g.isSame(had)
		rootAway = !rootTook
	}
	if _, err := g.tree.Open(); !rootAway && (err == nil || errors.Is(err, fs.ErrNotExist)) {
		g.root = now
	}
	for app, sessions := range perApp {
		away[app], took[app] = rootAway, rootTook
		if rootAway {
			continue
		}
		was, own := g.folders[app], mobileapps.Mount{}
		if n, on := g.tree.find(app); n != nil && n.kind.IsDir() && on != now {
			own = on
		}
		if was != own && !req.TakeRoot {
			same := g.isSame(sessions)
			took[app], away[app] = rootTook || same, !same
		}
		_, unread := readers.unsettled[session.Key{}]
		_, unreadable := readers.unsettled[session.Key{App: app}]
		if !away[app] && !unread && !unreadable && (req.Full || asksFor(req, session.Key{App: app}) || readers.scope == session.ScopeFull) {
			g.folders[app] = own // it was looked at
		}
	}
	for app := range g.folders {
		if perApp[app] == nil {
			delete(g.folders, app)
		}
	}
	return away, took
}

// settleMounts notes the mounts that what was admitted by a pass came from.
func (g *guard) settleMounts(now *reader) {
	_, root := g.tree.find("")
	for key := range now.sessions {
		if _, known := g.folders[key.App]; known {
			continue
		}
		g.folders[key.App] = mobileapps.Mount{}
		if _, on := g.tree.find(key.App); on != root {
			g.folders[key.App] = on
		}
	}
}

func (g *guard) isSame(memory keys) bool {
	root, err := g.tree.Open()
	return err == nil && isSameTree(root, memory)
}

// asksFor reports whether a request is about a file, or about a folder in any way.
func asksFor(req refresh.Request, key session.Key) bool {
	if req.Full {
		return true
	}
	for _, k := range req.Keys {
		if k.IsRoot() || k == key.Folder() || k == key || !key.IsFile() && k.App == key.App {
			return true
		}
	}
	return false
}
