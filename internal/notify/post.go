package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"
)

// Limits of a request.
const (
	timeout   = 10 * time.Second // for all of it
	maxAnswer = 64 << 10         // bytes of the answer's body
)

// newClient returns a client that goes straight to the server, follows no redirect, and
// opens a connection for each request: the server has long closed the last one.
func newClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DisableKeepAlives:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: maxAnswer,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// post sends a request and returns what the server answered. Its errors hold neither the
// secret nor anything that the server said.
func (n *Notifier) post(ctx context.Context, m message) (answer, error) {
	secret, err := readSecret(n.cfg.SecretFile)
	if err != nil {
		return answer{}, err
	}
	body, err := json.Marshal(m)
	if err != nil {
		return answer{}, fmt.Errorf("cannot write the request: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, n.cfg.URL, bytes.NewReader(body))
	if err != nil {
		return answer{}, errors.New("cannot make a request of the setting notify-url")
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "sessiond/"+n.cfg.Version)
	response, err := n.client.Do(r)
	if err != nil {
		return answer{}, faultOf(ctx, err)
	}
	defer response.Body.Close()
	if err := refusal(response.StatusCode); err != nil {
		return answer{}, err
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return answer{fault: "it was cut off"}, nil
	case len(data) > maxAnswer:
		return answer{fault: "it is larger than 64 KiB"}, nil
	}
	return parseAnswer(data, secret), nil
}

// refusal returns what a status says that is no success.
func refusal(status int) error {
	said := fmt.Sprintf("the server answered %d %s", status, http.StatusText(status))
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 300 && status < 400:
		return fmt.Errorf("%s: redirects are not followed", said)
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fmt.Errorf("%s: is the secret the same there?", said)
	}
	return errors.New(said)
}
