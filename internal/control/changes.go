package control

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"sessiond/internal/admin"
	"sessiond/internal/api"
	"sessiond/internal/edit"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// resultBytes is about how long the line of one session is, which waits to be read.
const resultBytes = 512

// changeMany answers POST /v1/changes.
func (s *Server) changeMany(w http.ResponseWriter, r *request) error {
	c, err := readChanges(r.Body)
	if err != nil {
		return err
	}
	if c.order.NoTrash && r.by.forwarded != nil {
		return newProblem(api.KindNotAuthority, "this can be done where the files are only")
	}
	c.order.By = actorOf(r.Request)
	if !c.order.DryRun {
		return s.carryOut(w, r, c)
	}
	matched := len(c.items)
	if c.filter != nil {
		if c.items, matched, err = s.selected(r.Context(), c); err != nil {
			return err
		}
	}
	loan, err := s.borrow(r.Context(), len(c.items)*resultBytes)
	if err != nil {
		return err
	}
	defer loan.repay()
	s.stream(w, loan.limit, s.plan(r.Context(), c, matched))
	return nil
}

// selected returns the sessions of a filter, as many as were asked for, and how many it
// selects.
func (s *Server) selected(ctx context.Context, c *changes) (items []edit.Item, matched int, err error) {
	l, err := s.list(ctx, &listQuery{Query: store.Query{Filter: *c.filter, Limit: c.most}, whole: true})
	if err != nil {
		return nil, 0, err
	}
	items = make([]edit.Item, len(l.page))
	for i := range items {
		items[i].Key = l.page[i].Key()
	}
	return items, *l.total, nil
}

// plan says what would become of sessions, in their order.
func (s *Server) plan(ctx context.Context, c *changes, matched int) api.ChangesPlan {
	plan := api.ChangesPlan{Matched: matched, Items: make([]api.ChangeResult, len(c.items))}
	place := make(map[session.Key]int, len(c.items))
	for i, item := range c.items {
		place[item.Key] = i
	}
	s.makeAll(ctx, c, func(ended []admin.Ended) {
		for i := range ended {
			result := resultOf(&ended[i], true)
			plan.Items[place[ended[i].Key]] = result
			switch {
			case result.Problem != nil:
				plan.Would.Refuse++
			case result.Changed:
				plan.Would.Change++
			default:
				plan.Would.Nothing++
			}
		}
	})
	return plan
}

// makeAll has the administrator do what is asked for.
func (s *Server) makeAll(ctx context.Context, c *changes, tell func([]admin.Ended)) {
	if c.deletes {
		s.admin.DeleteAll(ctx, c.order, c.items, tell)
		return
	}
	s.admin.ChangeAll(ctx, c.order, c.items, c.set, tell)
}

// carryOut makes the changes and answers with a line for each, as they are made. It goes on
// to its end although the client is gone, or does not read: what was begun, and half done,
// nobody would know the state of. Only the end of the daemon ends it earlier.
func (s *Server) carryOut(w http.ResponseWriter, r *request, c *changes) error {
	loan, err := s.borrow(r.Context(), len(c.items)*resultBytes)
	if err != nil {
		return err
	}
	defer loan.repay()
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cancel()
	defer context.AfterFunc(stopOf(r.Context()), cancel)()

	lines := newLines()
	out := s.newStream(w)
	var writing sync.WaitGroup
	writing.Go(func() { out.sendLines(lines) })
	defer writing.Wait()
	defer lines.end()
	var sum api.ChangesSummary
	s.makeAll(ctx, c, func(ended []admin.Ended) {
		for i := range ended {
			result := resultOf(&ended[i], false)
			switch {
			case result.Problem != nil:
				sum.Failed++
			case result.Changed:
				sum.Changed++
			default:
				sum.Unchanged++
			}
			lines.add(result)
		}
	})
	lines.add(api.ChangesEnd{Summary: sum})
	return nil
}

// resultOf returns what became of one of many sessions, or would.
func resultOf(e *admin.Ended, dryRun bool) api.ChangeResult {
	result := api.ChangeResult{Session: e.Key.Clone(), InMemory: e.InMemory != nil, Hints: e.Hints}
	if e.Err != nil {
		result.Problem = &failureOf(e.Err).Problem
		result.ETag = result.Problem.ETag
		return result
	}
	result.Before, result.After = stateOf(e.Before), stateOf(e.After)
	result.Changed, result.Pass, result.Trash = e.Changed, e.Pass, e.Trash
	now := e.Digest
	if dryRun {
		now = e.Read
	}
	if now != (session.Digest{}) {
		result.ETag = now.String()
	}
	for _, is := range []*session.Session{e.Before, e.After} {
		if is != nil {
			says := is.Details()
			result.Device, result.Application = says.Device.Description, says.Application.Name
		}
	}
	return result
}

// failureOf is problemOf for one of many, which was not begun where the daemon ends.
func failureOf(err error) *problem {
	if errors.Is(err, context.Canceled) {
		return errStopping()
	}
	return problemOf(err)
}

func stateOf(s *session.Session) *api.State {
	if s == nil {
		return nil
	}
	return &api.State{Status: s.Status(), Email: s.Email()}
}
