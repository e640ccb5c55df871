package client

import (
	"io"
	"net/http"
)

// RoundTrip sends the daemon a request that another HTTP client made, such as a browser's,
// and returns its answer, whatever the status is: a Client is an [http.RoundTripper]. It
// waits for the answer to begin as long as the other methods wait for a whole one. The
// body may then go on for ever.
func (c *Client) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, begun, end := c.limitHead(r.Context(), r.Method)
	resp, err := c.http.Transport.RoundTrip(r.WithContext(ctx))
	if err != nil {
		defer end()
		return nil, whyEnded(ctx, err)
	}
	begun()
	resp.Body = &endingBody{resp.Body, end}
	return resp, nil
}

// endingBody is a body that lets go of its context when it is closed.
type endingBody struct {
	io.ReadCloser
	end func()
}

func (b *endingBody) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
}
