package cli

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// isAuthorityAway reports whether a follower says that the daemon with the files cannot be
// asked now, and nothing was done.
func isAuthorityAway(err error) bool {
	answer, ok := errors.AsType[*client.ProblemError](err)
	return ok && answer.Kind == api.KindAuthorityAway
}

// isAway reports whether a follower got no answer of its authority: it would get none for
// another session either.
func isAway(err error) bool {
	answer, ok := errors.AsType[*client.ProblemError](err)
	return isAuthorityAway(err) || ok && answer.Kind == api.KindOutcomeUnknown && answer.Status == http.StatusGatewayTimeout
}

// notVisible says, of a follower, that it does not show yet what its authority has done.
const notVisible = "it is done where the files are, but this daemon, which follows that one, does not show it yet"

// tellVisible says so where it is so.
func (a *app) tellVisible(visible *bool) {
	if visible != nil && !*visible {
		a.tell("note: %s", notVisible)
	}
}

// tellFailed tells of one session why nothing was done. What keeps an authority from
// answering is told once, and then of how many it is the reason.
func (r *changeRun) tellFailed(key session.Key, err error) {
	text := reasonOf(err)
	if isAway(err) && text == r.away {
		r.alike++
		return
	}
	r.tellAlike()
	r.away, r.became = text, r.change.words.not
	if answer, ok := errors.AsType[*client.ProblemError](err); ok && answer.Kind == api.KindOutcomeUnknown {
		r.became = "perhaps " + r.change.words.done
	}
	r.tell("sessiond: %s: %s: %s", key, r.became, text)
}

// tellAlike tells of how many sessions there is nothing else to say.
func (r *changeRun) tellAlike() {
	if r.alike > 0 {
		r.tell("sessiond: %s: %s, for the same reason", count(r.alike, "other session", "other sessions"), r.became)
	}
	r.alike = 0
}

// abandon notes of sessions that they were not tried, after an authority did not answer.
func (r *changeRun) abandon(keys []session.Key, why error) {
	for _, key := range keys {
		r.add(key, why)
	}
	if n := len(keys); n > 0 {
		r.tell("sessiond: %s: not tried", count(n, "other session", "other sessions"))
	}
}

// findTrash finds out in whose trash files were put, where that is not this daemon's.
func (r *changeRun) findTrash(ctx context.Context, done []changed) {
	if !slices.ContainsFunc(done, func(c changed) bool { return c.Trash != "" }) {
		return
	}
	if me, err := r.daemon.Me(ctx); err == nil && me.Write.Via != "" { // else it is this one's, or old
		r.change.trashAt = " at " + me.Write.Via
	}
}
