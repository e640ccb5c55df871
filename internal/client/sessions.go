package client

import (
	"context"
	"iter"
	"maps"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// Query says which sessions to list. An empty member excludes nothing.
type Query struct {
	session.Filter
	Prefix string // what the key or the session's id begins with
	Sort   session.Sort
	Total  bool // asks how many sessions there are on all pages

	Limit  int    // of a page, 1 to 1000; 0 leaves it to the daemon
	Cursor string // where to go on: the Next of the page before
}

func (q Query) String() string {
	values := parameters(q.Members())
	maps.Copy(values, parameters(map[string]string{"prefix": q.Prefix, "cursor": q.Cursor}))
	if q.Sort != (session.Sort{}) {
		values.Set("sort", q.Sort.String())
	}
	if q.Total {
		values.Set("total", "1")
	}
	setLimit(values, q.Limit)
	return values.Encode()
}

// Sessions returns a page of the sessions in memory.
func (c *Client) Sessions(ctx context.Context, q Query) (api.Page, error) {
	return ask[api.Page](ctx, c, get("/v1/sessions?"+q.String()))
}

// AllSessions goes through all pages from q.Cursor on. After an error it ends.
func (c *Client) AllSessions(ctx context.Context, q Query) iter.Seq2[api.Summary, error] {
	return func(yield func(api.Summary, error) bool) {
		for {
			page, err := c.Sessions(ctx, q)
			if err != nil {
				yield(api.Summary{}, err)
				return
			}
			for _, one := range page.Sessions {
				if !yield(one, nil) {
					return
				}
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return
			}
		}
	}
}

// DuplicateQuery says which groups of duplicates to list. An empty member excludes nothing.
type DuplicateQuery struct {
	App    string // name of the app folder that one of them is in
	Kind   string // certain or likely
	Limit  int    // of groups on a page, 1 to 1000; 0 leaves it to the daemon
	Cursor string // where to go on: the Next of the page before
}

// Duplicates returns a page of the devices that have several sessions.
func (c *Client) Duplicates(ctx context.Context, q DuplicateQuery) (api.DuplicatePage, error) {
	values := parameters(map[string]string{"app": q.App, "kind": q.Kind, "cursor": q.Cursor})
	setLimit(values, q.Limit)
	return ask[api.DuplicatePage](ctx, c, get("/v1/duplicates?"+values.Encode()))
}

// Unadmitted returns a page of the valid files whose sessions are not in memory. Of the
// query's filter, only the app is asked for: there is no session to know the rest of.
func (c *Client) Unadmitted(ctx context.Context, q Query) (api.UnadmittedPage, error) {
	q.Filter = session.Filter{App: q.App}
	return ask[api.UnadmittedPage](ctx, c, get("/v1/not-in-memory?"+q.String()))
}

// Errors returns a page of the current errors and of what is unsettled, of limit keys
// at most, 1 to 1000; 0 leaves it to the daemon. cursor is where to go on: the Next of
// the page before, empty at first.
func (c *Client) Errors(ctx context.Context, limit int, cursor string) (api.ErrorPage, error) {
	return ask[api.ErrorPage](ctx, c, get("/v1/errors?"+Query{Limit: limit, Cursor: cursor}.String()))
}

// AllErrors returns all current errors. An error that came or went meanwhile may be
// missing or be among them.
func (c *Client) AllErrors(ctx context.Context) ([]session.ActiveError, error) {
	var all []session.ActiveError
	for cursor := ""; ; {
		page, err := c.Errors(ctx, 1000, cursor)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Errors...)
		if cursor = page.Next; cursor == "" {
			return all, nil
		}
	}
}

// Session returns one session, [ErrNotFound] where it is not in memory.
func (c *Client) Session(ctx context.Context, key session.Key) (api.Detail, error) {
	return ask[api.Detail](ctx, c, get(pathOf(key)))
}
