package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// Schema returns the JSON schema that the daemon holds session files against.
func (c *Client) Schema(ctx context.Context) ([]byte, error) {
	resp, err := c.do(ctx, http.MethodGet, "/v1/schema")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("cannot read the daemon's answer: %w", err)
	}
	return text, nil
}
