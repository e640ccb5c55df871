package cli

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"sessiond/internal/session"
)

const eventLine = `{"epoch":"0000001f","revision":14,"at":"2026-11-22T18:00:00Z","session":"a.b/c\u202e","action":"updated","trigger":"watch"}` + "\n"

// streams answers with lines, then waits until the client goes or release is
// closed.
func streams(release <-chan struct{}, lines ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		for _, line := range lines {
			_, _ = io.WriteString(w, line)
		}
		_ = http.NewResponseController(w).Flush()
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}
}

func closed() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func TestEventsEndWithTheDaemon(t *testing.T) {
	for _, tc := range []struct{ name, last, says string }{
		{"without a word", "", "sessiond: the changes break off here: the daemon ended, or it cut this reader off for being too slow\n"},
		{"with a reason", `{"title":"Gone","status":410,"detail":"the reader is too slow"}` + "\n", "sessiond: the reader is too slow\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			socket := serve(t, routes{"GET /v1/events": streams(closed(), eventLine, tc.last)})
			command(t, socket, "events", "--output", "json").want(t, exitFailed, eventLine, tc.says)
			command(t, socket, "events").want(t, exitFailed,
				`2026-11-22 18:00:00.000  updated   a.b/c\u202e  by watch`+"\n", tc.says)
		})
	}
}

// A stream that is interrupted was followed as long as somebody wanted.
func TestEventsInterrupted(t *testing.T) {
	socket := serve(t, routes{"GET /v1/events": streams(nil, eventLine)})
	ctx, interrupt := context.WithCancel(t.Context())
	a := newTestApp(t, socket)
	var errOut strings.Builder
	read, write := io.Pipe()
	a.Out, a.Err = write, &errOut
	status := make(chan int)
	go func() { status <- a.main(ctx, []string{"events", "--output", "json"}) }()
	line, err := bufio.NewReader(read).ReadString('\n')
	interrupt()
	if got := <-status; got != exitDone || errOut.String() != "" {
		t.Errorf("exit status %d, %s", got, &errOut)
	}
	if err != nil || line != eventLine {
		t.Errorf("read %q, %v", line, err)
	}
}

func TestEventsSince(t *testing.T) {
	var asked []string
	socket := serve(t, routes{"GET /v1/events": func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RawQuery)
		says(410, `{"title":"Gone","status":410,"detail":"no longer kept"}`)(w, r)
	}})
	command(t, socket, "events").want(t, exitFailed, "", "sessiond: no longer kept\n")
	command(t, socket, "events", "--since", "0").want(t, exitFailed, "", "sessiond: no longer kept\n")
	command(t, socket, "events", "--since", "18446744073709551615").want(t, exitFailed, "", "sessiond: no longer kept\n")
	command(t, socket, "events", "--since", "0000001f-7").want(t, exitFailed, "", "sessiond: no longer kept\n")
	same(t, strings.Join(asked, ","), ",since=0,since=18446744073709551615,since=0000001f-7")
}

func TestShowEventToAClosedPipe(t *testing.T) {
	a := newTestApp(t, "")
	read, write := io.Pipe()
	_ = read.Close() // never fails
	a.Out = write
	if err := a.showEvent(formatTable, &session.Event{}); err == nil || !strings.HasPrefix(err.Error(), "cannot write to standard output: ") {
		t.Errorf("got %v", err)
	}
}
