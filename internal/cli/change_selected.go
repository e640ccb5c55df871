package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// errSomeFailed is how a command ends that has told of each session that it could not change.
var errSomeFailed = errors.New("some could not be changed")

// takesKeysOrFilter is the check of the arguments of a command that changes the sessions of
// keys, or those of a filter.
func takesKeysOrFilter(f *filterFlags) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case f.isGiven() && len(args) > 0:
			return misused(cmd, "give either keys or a filter")
		case f.isGiven():
			return nil
		case len(args) == 0:
			return misused(cmd, "KEY is missing, or a filter such as --domain")
		}
		return takes(1, -1, "KEY")(cmd, args)
	}
}

// changeSelected does to the sessions of a filter what was asked for: those, and as they were,
// that it has shown before.
func (a *app) changeSelected(cmd *cobra.Command, c *change, f *changeFlags, filters *filterFlags) error {
	if err := a.mustKnow(cmd, f.yes || f.dryRun); err != nil {
		return err
	}
	ctx := cmd.Context()
	daemon, err := a.dial(ctx, cmd)
	if err != nil {
		return err
	}
	defer daemon.Close()
	asked := api.Changes{Delete: c.deletes, NoTrash: c.noTrash, Reason: f.reason.text, Max: api.MaxChanges}
	if !c.deletes {
		asked.Set = &c.set
	}
	if asked.Select, err = filters.filter(ctx, cmd, daemon, a.now(), a.zone); err != nil {
		return err
	}
	plan, err := daemon.PlanChanges(ctx, asked)
	switch {
	case err != nil:
		return err
	case plan.Matched > len(plan.Items):
		return fmt.Errorf("the filter selects %s sessions, and %s can be changed at a time: narrow it", comma(plan.Matched), comma(api.MaxChanges))
	case plan.Matched == 0:
		a.tell("no such sessions in memory")
		if *f.output == formatTable {
			return nil
		}
	}
	r := &changeRun{app: a, daemon: daemon, change: c, many: true}
	shown := r.take(plan.Items)
	if f.dryRun {
		r.hints(shown)
		return r.end(*f.output, changes{DryRun: true, Sessions: shown})
	}
	todo, same := split(shown)
	if err := r.ask(todo, f.yes); err != nil {
		return err
	}
	r.shown = todo
	asked.Select, asked.Max = nil, 0
	done, err := r.makeAll(ctx, asked)
	if err != nil {
		return err
	}
	r.hints(done)
	r.findTrash(ctx, done)
	return r.end(*f.output, changes{Sessions: append(done, same...)})
}

// makeAll makes the changes that were shown, and returns what became of those that did not
// fail.
func (r *changeRun) makeAll(ctx context.Context, asked api.Changes) ([]changed, error) {
	if len(r.shown) == 0 {
		return []changed{}, nil
	}
	asked.Sessions = make([]api.ChangeItem, len(r.shown))
	for i := range r.shown {
		asked.Sessions[i] = api.ChangeItem{Session: r.shown[i].Session, ETag: r.shown[i].ETag}
	}
	line := r.newProgress(len(r.shown))
	var results []api.ChangeResult
	sum, err := r.daemon.MakeChanges(ctx, asked, func(result api.ChangeResult) {
		results = append(results, result)
		line.add()
	})
	line.end()
	r.unseen = sum.Visible != nil && !*sum.Visible
	done := r.take(results)
	if refused, ok := errors.AsType[*client.ProblemError](err); ok && refused.Kind != "" {
		return nil, err // as a whole, before anything was begun: MakeChanges tells so of the first request only
	}
	if err != nil {
		return nil, fmt.Errorf("what became of %s is not known, look at them again (%s were %s): %w",
			count(len(r.shown)-len(results), "session", "sessions"), comma(len(done)), r.change.words.done, err)
	}
	return done, nil
}

// take tells of those that failed, or would, and returns the others.
func (r *changeRun) take(results []api.ChangeResult) []changed {
	good := make([]changed, 0, len(results))
	for i := range results {
		result := &results[i]
		if result.Problem != nil {
			r.failed(result.Session, client.ErrorOf(result.Problem))
			continue
		}
		good = append(good, changedOf(result))
	}
	r.tellAlike()
	return good
}

// changedOf returns what became of one of many as of a single one.
func changedOf(result *api.ChangeResult) changed {
	says := result.After
	if says == nil {
		says = result.Before
	}
	c := changed{result.Session, api.Edit{
		Before: result.Before, Changed: result.Changed, ETag: result.ETag, Pass: result.Pass, Trash: result.Trash,
		InMemory: result.InMemory, Hints: result.Hints,
	}}
	if says != nil {
		c.Summary = &api.Summary{
			Session: result.Session, App: result.Session.App, ID: result.Session.ID, Status: says.Status, Email: says.Email,
			Application: session.Application{Name: result.Application}, Device: session.Device{Description: result.Device},
		}
	}
	return c
}
