package control

import (
	"context"
	"net/http"
	"weak"

	"sessiond/internal/api"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// duplicateCache has the duplicates that were found last, until memory is collected or a
// session changes. Only one search is under way at a time, since each takes memory for
// all sessions.
type duplicateCache struct {
	turn     scans
	revision uint64
	found    weak.Pointer[store.Duplicates]
}

func newDuplicateCache() duplicateCache { return duplicateCache{turn: make(scans, 1)} }

// duplicatesNow returns the duplicates of the sessions in memory, and the view that has them.
func (s *Server) duplicatesNow(ctx context.Context) (view *store.View, found *store.Duplicates, err error) {
	c := &s.duplicates
	waited := c.turn.scan(ctx, func() {
		view = s.store.View()
		if found = c.found.Value(); found != nil && c.revision == view.Revision() {
			return
		}
		search := view.SearchDuplicates()
		if err = s.scans.inTurns(ctx, func() bool { return search.Step(maxWalk) }); err != nil {
			return
		}
		err = s.scans.scan(ctx, func() { found = search.Found() })
		c.revision, c.found = view.Revision(), weak.Make(found)
	})
	if waited != nil {
		err = waited
	}
	return view, found, err
}

// newestFirst is the order of groups, for their cursors.
func newestFirst() session.Sort { return session.Sort{By: session.SortModified, Descending: true} }

// parseGroups reads which groups GET /v1/duplicates is to list.
func parseGroups(r *request) (want func(*store.DuplicateGroup) bool, err error) {
	app, kind := r.query.Get("app"), r.query.Get("kind")
	switch kind {
	case "", "certain", "likely":
	default:
		return nil, badQuery("kind is %q; it may be \"certain\" or \"likely\"", kind)
	}
	return func(g *store.DuplicateGroup) bool {
		return (kind == "" || g.Certain == (kind == "certain")) && (app == "" || g.IsIn(app))
	}, nil
}

// listDuplicates answers GET /v1/duplicates.
func (s *Server) listDuplicates(w http.ResponseWriter, r *request) error {
	epoch := s.store.View().Epoch()
	want, err := parseGroups(r)
	if err != nil {
		return err
	}
	limit, err := parseLimit(r.query)
	if err != nil {
		return err
	}
	var after *store.Rank
	if text := r.query.Get("cursor"); text != "" {
		rank, err := parseRank(text, newestFirst(), epoch)
		if err != nil {
			return err
		}
		after = &rank
	}
	view, found, err := s.duplicatesNow(r.Context())
	if err != nil {
		return err
	}
	page, more := found.Groups(after, limit, want)
	answer := api.DuplicatePage{Duplicates: []api.DuplicateGroup{}, Epoch: view.Epoch(), Revision: view.Revision()}
	bytes := 0
	for i := range page {
		if bytes >= maxPage {
			page, more = page[:i], true
			break
		}
		group := api.DuplicateGroup{Certain: page[i].Certain, Total: len(page[i].Sessions)}
		shown := page[i].Sessions[:min(group.Total, api.MaxListed)]
		for _, one := range shown {
			group.Sessions = append(group.Sessions, *api.SummaryOf(s.withSeen(one)))
		}
		bytes += boundOf(shown)
		answer.Duplicates = append(answer.Duplicates, group)
	}
	if more {
		answer.Next = formatRank(view.Epoch(), newestFirst(), page[len(page)-1].Rank())
	}
	return s.replyLarge(w, r, bytes, answer)
}
