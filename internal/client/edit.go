package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// EditOptions are those of one change to a session file.
type EditOptions struct {
	// ETag is the one that the file must have still, as an [api.Edit] tells it; empty
	// where any will do.
	ETag string
	// DryRun asks what would become of it: nothing is written.
	DryRun bool
	// NoTrash deletes for good.
	NoTrash bool
	// Reason is why, for the audit.
	Reason string
}

// query returns the options as parameters.
func (o EditOptions) query() string {
	values := url.Values{}
	if o.DryRun {
		values.Set("dryRun", "1")
	}
	if o.NoTrash {
		values.Set("noTrash", "1")
	}
	if o.Reason != "" {
		values.Set("reason", o.Reason)
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// Change changes a session's file, also where the session is not in memory. As with
// [Client.Delete] and [Client.Restore], it is not repeated: it would find its own change.
func (c *Client) Change(ctx context.Context, key session.Key, set api.Set, o EditOptions) (api.Edit, error) {
	body, err := json.Marshal(set)
	if err != nil {
		return api.Edit{}, err
	}
	return ask[api.Edit](ctx, c, request{method: http.MethodPatch, path: pathOf(key) + o.query(), ifMatch: o.ETag, patch: body})
}

// Delete deletes a session's file, compliant or not.
func (c *Client) Delete(ctx context.Context, key session.Key, o EditOptions) (api.Edit, error) {
	return ask[api.Edit](ctx, c, request{method: http.MethodDelete, path: pathOf(key) + o.query(), ifMatch: o.ETag})
}

// TrashQuery says which deleted files to list. An empty member excludes nothing.
type TrashQuery struct {
	App    string // name of the app folder
	Prefix string // what the key or the session's id begins with
	Email  string // in upper or lower case
	Limit  int    // of a page, 1 to 1000; 0 leaves it to the daemon
	Cursor string // where to go on: the Next of the page before
}

// Trash returns a page of the deleted files.
func (c *Client) Trash(ctx context.Context, q TrashQuery) (api.TrashPage, error) {
	values := parameters(map[string]string{"app": q.App, "prefix": q.Prefix, "email": q.Email, "cursor": q.Cursor})
	setLimit(values, q.Limit)
	return ask[api.TrashPage](ctx, c, get("/v1/trash?"+values.Encode()))
}

// Restore writes a deleted file again and opens its session. [ErrNotFound] tells that
// there is no such file in the trash. Of the options, only DryRun and Reason count.
func (c *Client) Restore(ctx context.Context, id string, o EditOptions) (api.Edit, error) {
	o.ETag, o.NoTrash = "", false
	return ask[api.Edit](ctx, c, request{method: http.MethodPost, path: itemPath(id) + "/restore" + o.query()})
}

// PurgeItem removes a deleted file for good.
func (c *Client) PurgeItem(ctx context.Context, id, reason string) (api.Purged, error) {
	return ask[api.Purged](ctx, c, request{method: http.MethodDelete, path: itemPath(id) + EditOptions{Reason: reason}.query()})
}

// PurgeQuery says which deleted files to remove for good: those of a session, of an e-mail
// address, or of both.
type PurgeQuery struct {
	Session session.Key
	Email   string // in upper or lower case
	DryRun  bool
	Reason  string
}

// Purge removes deleted files for good.
func (c *Client) Purge(ctx context.Context, q PurgeQuery) (api.Purged, error) {
	values := parameters(map[string]string{"session": q.Session.String(), "email": q.Email, "reason": q.Reason})
	if q.DryRun {
		values.Set("dryRun", "1")
	}
	return ask[api.Purged](ctx, c, request{method: http.MethodPost, path: "/v1/trash/purge?" + values.Encode()})
}

// AuditQuery says which lines of the audit to list. An empty member excludes nothing.
type AuditQuery struct {
	Session string // the beginning of a key
	App     string // name of the app folder
	Email   string // before or after the change, in upper or lower case
	Action  string
	Since   time.Time
	Limit   int    // of a page, 1 to 1000; 0 leaves it to the daemon
	Cursor  string // where to go on: the Next of the page before
}

// Audit returns a page of the audit, newest first. A page may be short, or empty, and have
// a next one.
func (c *Client) Audit(ctx context.Context, q AuditQuery) (api.AuditPage, error) {
	values := parameters(map[string]string{"session": q.Session, "app": q.App, "email": q.Email, "action": q.Action, "cursor": q.Cursor})
	if !q.Since.IsZero() {
		values.Set("since", q.Since.UTC().Format(time.RFC3339Nano))
	}
	setLimit(values, q.Limit)
	return ask[api.AuditPage](ctx, c, get("/v1/audit?"+values.Encode()))
}

// Rejected returns a page of the files that are not compliant. Of the query's
// filter, only the app is asked for.
func (c *Client) Rejected(ctx context.Context, q Query) (api.RejectedPage, error) {
	q.Filter = session.Filter{App: q.App}
	return ask[api.RejectedPage](ctx, c, get("/v1/rejected?"+q.String()))
}

func itemPath(id string) string { return "/v1/trash/" + url.PathEscape(id) }

// parameters returns those parameters whose values are not empty.
func parameters(all map[string]string) url.Values {
	values := url.Values{}
	for name, value := range all {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values
}

func setLimit(values url.Values, limit int) {
	if limit != 0 {
		values.Set("limit", strconv.Itoa(limit))
	}
}
