package client_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"sessiond/internal/client"
	"sessiond/internal/session"
)

// TestWhatIsRepeated drops a kept connection with a request on it: only what may be
// carried out twice is sent again.
func TestWhatIsRepeated(t *testing.T) {
	for name, test := range map[string]struct {
		ask  func(*client.Client) error
		want int64 // how often it is sent
	}{
		"Refresh": {func(c *client.Client) error { _, err := c.Refresh(t.Context()); return err }, 2},
		"Open": {func(c *client.Client) error {
			_, err := c.Open(t.Context(), session.Key{App: "a.b", ID: "c"})
			return err
		}, 2},
		"OpenAll": {func(c *client.Client) error { _, err := c.OpenAll(t.Context()); return err }, 1},
		"Apps":    {func(c *client.Client) error { _, err := c.Apps(t.Context()); return err }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int64
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/v1/status" && asked.Add(1) == 1 {
					panic(http.ErrAbortHandler) // which drops the connection
				}
				if r.Header.Get("Idempotency-Key") != "" {
					t.Error("the header is sent")
				}
				say(http.StatusOK, "application/json", "{}")(w, r)
			})
			if _, err := c.Status(t.Context()); err != nil { // on a connection that is kept
				t.Fatal(err)
			}
			err := test.ask(c)
			if got := asked.Load(); got != test.want || (err == nil) != (test.want == 2) {
				t.Errorf("sent %d times, want %d; the error is %v", got, test.want, err)
			}
		})
	}
}
