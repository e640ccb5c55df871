package client

import (
	"context"
	"io"
	"net/http"
)

// Schema returns the JSON schema that the daemon holds session files against.
func (c *Client) Schema(ctx context.Context) (text []byte, err error) {
	err = c.read(ctx, http.MethodGet, "/v1/schema", func(body io.Reader) error {
		text, err = io.ReadAll(body)
		return err
	})
	return text, err
}
