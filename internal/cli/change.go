package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// change is what a command does to session files, and the words for it.
type change struct {
	words changeWords
	// set is what to set; of a deletion, nothing.
	set     api.Set
	deletes bool
	noTrash bool // of a deletion: for good
	// trashAt says where the trash is, as " at node north"; empty where it is the daemon's.
	trashAt string
	// restores is true of what comes from the trash, where there is nothing before it.
	restores bool
	// warn says what a person must know of these changes; nil for nothing.
	warn func(items []changed) []string
}

// changeWords are how a change is told.
type changeWords struct {
	question string // "Accept"
	done     string // "accepted"
	same     string // "is accepted already"; of what the file says so already
	not      string // "not accepted"
}

// changed is what became of one session, or would.
type changed struct {
	Session session.Key `json:"session"`
	api.Edit
}

// after is what the file says afterwards; nil of a file that is not there then, or not
// compliant.
func (c *changed) after() *api.State {
	if c.Summary == nil {
		return nil
	}
	return &api.State{Status: c.Summary.Status, Email: c.Summary.Email}
}

// changes is the JSON document of the commands that change sessions.
type changes struct {
	DryRun   bool              `json:"dryRun,omitzero"`
	Sessions []changed         `json:"sessions"`
	Errors   []session.Problem `json:"errors"`
}

// changeSessions does to the sessions that texts name what was asked for. First it asks
// the daemon what would become of each: that is what a person is shown, and each file must
// still be the same when it is changed.
func (a *app) changeSessions(cmd *cobra.Command, c *change, f *changeFlags, texts []string) error {
	if err := a.mustKnow(cmd, f.yes || f.dryRun); err != nil {
		return err
	}
	ctx := cmd.Context()
	daemon, err := a.dial(ctx, cmd)
	if err != nil {
		return err
	}
	defer daemon.Close()
	keys, err := resolveKeys(ctx, daemon, texts, keysUnadmitted, keysRejected)
	if err != nil {
		return err
	}
	r := &changeRun{app: a, daemon: daemon, change: c}
	shown := r.each(ctx, unique(keys), func(session.Key) client.EditOptions {
		return client.EditOptions{DryRun: true, NoTrash: c.noTrash}
	})
	if r.unreachable != nil {
		return r.unreachable
	}
	if f.dryRun {
		r.hints(shown)
		return r.end(*f.output, changes{DryRun: true, Sessions: shown})
	}
	todo, same := split(shown)
	if err := r.ask(todo, f.yes); err != nil {
		return err
	}
	etags := make(map[session.Key]string, len(todo))
	for i := range todo {
		etags[todo[i].Session] = todo[i].ETag
	}
	r.shown = todo
	done := r.each(ctx, keysOfChanged(todo), func(key session.Key) client.EditOptions {
		return client.EditOptions{ETag: etags[key], NoTrash: c.noTrash, Reason: f.reason.text}
	})
	r.hints(done)
	r.findTrash(ctx, done)
	return r.end(*f.output, changes{Sessions: append(done, same...)})
}

// changeRun is one command that changes sessions.
type changeRun struct {
	*app
	daemon *client.Client
	change *change
	shown  []changed // what a person was shown; nil before
	many   bool      // a filter says which
	// away is why the last one failed, became what that means for it, alike of how many more
	// an authority did not answer for the same reason.
	away, became string
	alike        int
	// unseen is whether a follower does not show all that was done.
	unseen bool
	failures
}

// each makes one request for each key, and returns what became of those that did not
// fail. Only a daemon that cannot be reached, or whose authority does not answer, keeps it
// from trying the next.
func (r *changeRun) each(ctx context.Context, keys []session.Key, options func(session.Key) client.EditOptions) []changed {
	done := []changed{}
	for i, key := range keys {
		edit, err := r.edit(ctx, key, options(key))
		if err == nil {
			r.unseen = edit.Visible != nil && !*edit.Visible
			done = append(done, changed{key, edit})
			continue
		}
		r.failed(key, err)
		if r.unreachable != nil {
			break
		}
		if isAway(err) {
			r.abandon(keys[i+1:], err)
			break
		}
	}
	return done
}

func (r *changeRun) edit(ctx context.Context, key session.Key, o client.EditOptions) (api.Edit, error) {
	if r.change.deletes {
		return r.daemon.Delete(ctx, key, o)
	}
	return r.daemon.Change(ctx, key, r.change.set, o)
}

// failed tells what is wrong with one key.
func (r *changeRun) failed(key session.Key, err error) {
	answer, ok := errors.AsType[*client.ProblemError](err)
	if ok && answer.Kind == api.KindChangedSince {
		err = &staleError{answer, r.difference(key, answer)}
	}
	r.add(key, err)
	if !errors.Is(err, client.ErrUnreachable) {
		r.tellFailed(key, err)
	}
}

// difference says how a file is now that was changed after it was shown.
func (r *changeRun) difference(key session.Key, now *client.ProblemError) string {
	if now.Current == nil {
		return "it is no valid session file any more"
	}
	current := stateText(&api.State{Status: now.Current.Status, Email: now.Current.Email})
	at := slices.IndexFunc(r.shown, func(c changed) bool { return c.Session == key })
	if at < 0 || r.shown[at].Before == nil {
		return "it is now " + current
	}
	if before := stateText(r.shown[at].Before); before != current {
		return fmt.Sprintf("it was %s, it is now %s", before, current)
	}
	return fmt.Sprintf("it is still %s, something else in it was changed", current)
}

// ask shows what is about to be done, and asks whether to do it.
func (r *changeRun) ask(todo []changed, yes bool) error {
	if len(todo) == 0 {
		return nil
	}
	var notes []string
	if r.change.warn != nil {
		notes = r.change.warn(todo)
	}
	if yes {
		for _, note := range notes {
			r.tell("warning: %s", note)
		}
		return nil
	}
	p := r.askPage()
	p.plan(r.change, todo[:min(len(todo), unlisted)])
	if more := len(todo) - unlisted; more > 0 {
		p.line(plain.of("and %s more; --dry-run lists all", comma(more)))
	}
	if err := p.flush(); err != nil {
		return err
	}
	r.hints(todo)
	for _, note := range notes {
		r.tell("%s", note)
	}
	question := r.change.words.question + " this session?"
	if len(todo) > 1 {
		question = fmt.Sprintf("%s these %s sessions?", r.change.words.question, comma(len(todo)))
	}
	if r.change.deletes && len(todo) > deletedUnnumbered {
		return r.confirmNumber(question, len(todo))
	}
	return r.confirm(question)
}

// unlisted is how many sessions are listed one by one for somebody who looks on.
const unlisted = 20

// deletedUnnumbered is how many sessions are deleted for a mere yes.
const deletedUnnumbered = 10

// hints tells the daemon's hints, each once.
func (r *changeRun) hints(items []changed) {
	about := make(map[string][]session.Key)
	var order []string
	for i := range items {
		for _, h := range items[i].Hints {
			hint := h.Text
			if about[hint] == nil {
				order = append(order, hint)
			}
			about[hint] = append(about[hint], items[i].Session)
		}
	}
	for _, hint := range order {
		if keys := about[hint]; len(keys) == 1 {
			r.tell("hint: %s: %s", keys[0], hint)
		} else {
			r.tell("hint: %s sessions: %s", comma(len(keys)), hint)
		}
	}
}

// end shows what became of all, and returns how the command ends.
func (r *changeRun) end(f format, all changes) error {
	if r.unreachable != nil && len(all.Sessions)+len(r.problems) == 0 {
		return r.unreachable
	}
	all.Errors = r.problems
	err := r.show(f, all, func(p *page) error {
		if all.DryRun && !r.change.restores {
			p.plan(r.change, all.Sessions)
			return nil
		}
		if p.width > 0 && len(all.Sessions) > unlisted {
			p.changedMany(r.change, all.Sessions)
			return nil
		}
		for i := range all.Sessions {
			p.changed(r.change, &all.Sessions[i])
		}
		return nil
	})
	if err != nil {
		return err
	}
	if r.unseen {
		r.tell("note: %s", notVisible)
	}
	if r.many && r.unreachable == nil && len(r.problems) > 0 {
		return told{errSomeFailed}
	}
	return r.outcome()
}

// keysRejected is the [keySource] of the rejected files.
func keysRejected(ctx context.Context, daemon *client.Client, text string) ([]session.Key, error) {
	some, err := listRejected(ctx, daemon, client.Query{Prefix: text}, keysShown+1)
	return keysOfRejected(some.Files), err
}

// unique returns keys without those that were given before.
func unique(keys []session.Key) []session.Key {
	seen := make(map[session.Key]bool, len(keys))
	return slices.DeleteFunc(keys, func(key session.Key) bool {
		again := seen[key]
		seen[key] = true
		return again
	})
}

// split returns what is to be done, and what the files say already.
func split(shown []changed) (todo, same []changed) {
	for i := range shown {
		if shown[i].Changed {
			todo = append(todo, shown[i])
		} else {
			same = append(same, shown[i])
		}
	}
	return todo, same
}

func keysOfChanged(items []changed) []session.Key {
	keys := make([]session.Key, len(items))
	for i := range items {
		keys[i] = items[i].Session
	}
	return keys
}
