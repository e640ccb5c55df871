// Package client is the other end of the control socket: what the command line
// asks of a running daemon. It is the only thing that dials the socket.
package client

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// Client asks the daemon that listens on a socket. Any number of goroutines may
// use it. Requests wait for as long as their context lets them, but not for ever:
// 40 s for what the daemon has in memory, 10 min for what takes a pass.
//
// All methods return [ErrUnreachable], wrapped, where there is no daemon to ask or
// it does not answer, and a [*ProblemError] where it refuses.
type Client struct {
	socket   string
	http     *http.Client
	patience patience
}

// New returns a client of the daemon on the socket with this path, which on Windows may
// be a named pipe. It connects
// when it is first used; [Client.Close] lets go of the connections.
func New(socket string) *Client {
	c := &Client{socket: socket, patience: usualPatience()}
	c.http = &http.Client{Transport: &http.Transport{
		DialContext:        c.dial,
		DisableCompression: true,
		IdleConnTimeout:    time.Minute,
	}}
	return c
}

// Close closes the connections that are not in use.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func (c *Client) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	conn, err := connect(ctx, c.socket)
	if err != nil {
		return nil, unreachable(ctx, c.socket, err)
	}
	return conn, nil
}

// Refresh asks for a full pass and returns its report.
func (c *Client) Refresh(ctx context.Context) (api.Report, error) {
	return ask[api.Report](ctx, c, request{method: http.MethodPost, path: "/v1/refresh", repeatable: true})
}

// TakeRoot asks for a full pass that takes what is mounted at the root now, and at
// the app folders, as it is, and returns its report.
func (c *Client) TakeRoot(ctx context.Context) (api.Report, error) {
	return ask[api.Report](ctx, c, request{method: http.MethodPost, path: "/v1/refresh?takeRoot=1"})
}

// Adopt has an authority that is held publish what it has, and returns what that removes
// at followers.
func (c *Client) Adopt(ctx context.Context) (api.Removals, error) {
	return ask[api.Removals](ctx, c, request{method: http.MethodPost, path: "/v1/replica/adopt"})
}

// Me returns who asks, as the daemon sees it, and what that one may do.
func (c *Client) Me(ctx context.Context) (api.Me, error) {
	return ask[api.Me](ctx, c, get("/v1/me"))
}

// Status returns what runs.
func (c *Client) Status(ctx context.Context) (api.Status, error) {
	return ask[api.Status](ctx, c, get("/v1/status"))
}

// Apps returns the app folders that have a session in memory or a rejected file.
func (c *Client) Apps(ctx context.Context) ([]api.App, error) {
	answer, err := ask[api.Apps](ctx, c, get("/v1/apps"))
	return answer.Apps, err
}

// Open admits a session from its file. [ErrNotFound] tells that there is no such
// file; a [*ProblemError] that names what is wrong with it, that it is rejected.
func (c *Client) Open(ctx context.Context, key session.Key) (api.Opened, error) {
	return ask[api.Opened](ctx, c, request{method: http.MethodPost, path: pathOf(key) + "/open", repeatable: true})
}

// OpenAll admits every valid file and returns the report of the pass. It is not
// repeated: what the first attempt admitted would be missing in the second's report.
func (c *Client) OpenAll(ctx context.Context) (api.Report, error) {
	return ask[api.Report](ctx, c, request{method: http.MethodPost, path: "/v1/open"})
}

// OpenSince admits again the sessions that were removed at or after a moment
// and whose files are valid, and returns the report of the pass.
func (c *Client) OpenSince(ctx context.Context, since time.Time) (api.Report, error) {
	query := url.Values{"removedSince": {since.UTC().Format(time.RFC3339Nano)}}
	return ask[api.Report](ctx, c, request{method: http.MethodPost, path: "/v1/open?" + query.Encode()})
}

// pathOf returns the path of a session's route.
func pathOf(key session.Key) string {
	return "/v1/sessions/" + url.PathEscape(key.App) + "/" + url.PathEscape(key.ID)
}

// request is what a client asks.
type request struct {
	method, path string
	// repeatable is true where it may be sent again although the daemon may have
	// carried it out, because that changes neither what becomes of it nor the answer.
	// The daemon drops idle connections when it has too many: where one is used at
	// that very moment, net/http then takes a new one. GET always is repeatable.
	repeatable bool
	// ifMatch is the entity tag that the file must have, without quotes; empty for any.
	ifMatch string
	// patch is a merge patch that goes along, json another document; nil for none.
	patch, json []byte
}

func get(path string) request { return request{method: http.MethodGet, path: path} }

// ask sends a request and reads the answer into a T.
func ask[T any](ctx context.Context, c *Client, r request) (answer T, err error) {
	err = c.read(ctx, r, func(body io.Reader) error { return json.UnmarshalRead(body, &answer) })
	return answer, err
}

// read sends a request and has the body of the answer read, all of it in time.
func (c *Client) read(ctx context.Context, r request, read func(io.Reader) error) error {
	ctx, cancel := c.limit(ctx, r.method)
	defer cancel()
	resp, err := c.do(ctx, r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := read(resp.Body); err != nil {
		return whyEnded(ctx, fmt.Errorf("cannot read the daemon's answer: %w", err))
	}
	return nil
}

// do sends a request. An answer that is not a success comes back as an error.
func (c *Client) do(ctx context.Context, r request) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, "http://sessiond"+r.path, bytes.NewReader(append(r.patch, r.json...)))
	if err != nil {
		return nil, fmt.Errorf("cannot ask the daemon for %s: %w", r.path, err)
	}
	if r.patch != nil {
		req.Header.Set("Content-Type", api.TypeMergePatch)
	}
	if r.json != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.ifMatch != "" {
		req.Header.Set("If-Match", strconv.Quote(r.ifMatch))
	}
	if r.repeatable {
		req.Header["Idempotency-Key"] = []string{} // for net/http; it is not sent
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, whyEnded(ctx, undisguised(err))
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		return nil, readProblem(resp)
	}
	if kind := resp.Header.Get("Content-Type"); !strings.Contains(kind, "json") {
		defer resp.Body.Close()
		return nil, fmt.Errorf("cannot read the daemon's answer: it is %q; is it sessiond that listens on %q?", kind, c.socket)
	}
	return resp, nil
}
