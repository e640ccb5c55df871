package console_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"sessiond/internal/api"
	"sessiond/internal/console"
)

// A call gets to the daemon as it is, with nothing of the browser's, and the answer comes
// back as it is.
func TestCall(t *testing.T) {
	w := newWorld(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"ab"`)
		w.Header().Set("X-Content-Type-Options", "other")
		w.WriteHeader(http.StatusPreconditionFailed)
		_, _ = io.WriteString(w, "{}")
	})
	r := w.request("PATCH", "/v1/sessions/a.b/%2F%20%C3%A9?dryRun=1;x=%zz", `{"status":"accepted"}`)
	for name, value := range map[string]string{
		"Content-Type": api.TypeMergePatch, "If-Match": `"cd"`, "Cookie": "a=b", "Referer": w.base, "Origin": w.base, "Authorization": "Basic x",
		"X-Forwarded-For": "10.0.0.1", "Connection": "Upgrade", "Upgrade": "websocket", api.HeaderClient: "somebody",
	} {
		r.Header.Set(name, value)
	}
	resp, body := w.do(r)
	if got := resp.Header.Values("X-Content-Type-Options"); len(got) != 1 || got[0] != "nosniff" {
		t.Errorf("X-Content-Type-Options is %q", got)
	}
	if resp.StatusCode != http.StatusPreconditionFailed || body != "{}" || resp.Header.Get("ETag") != `"ab"` {
		t.Errorf("the answer is %s %v %q", resp.Status, resp.Header, body)
	}
	want := ask{
		method: "PATCH", uri: "/v1/sessions/a.b/%2F%20%C3%A9?dryRun=1;x=%zz", host: "sessiond", body: `{"status":"accepted"}`,
		header: http.Header{"Content-Type": {api.TypeMergePatch}, "If-Match": {`"cd"`}, api.HeaderClient: {"console"}, "Content-Length": {"21"}},
	}
	if diff := cmp.Diff(want, <-w.asked, cmp.AllowUnexported(ask{})); diff != "" {
		t.Error(diff)
	}
}

// The lines of a stream come when they are written, the header before the first. The
// daemon is let go when the page goes.
func TestStream(t *testing.T) {
	lines, gone := make(chan string), make(chan struct{})
	w := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		flusher := http.NewResponseController(w)
		flusher.Flush()
		for {
			select {
			case line := <-lines:
				fmt.Fprintln(w, line)
				flusher.Flush()
			case <-r.Context().Done():
				close(gone)
				return
			}
		}
	})
	resp, err := http.DefaultClient.Do(w.request("GET", "/v1/events", ""))
	if err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(resp.Body)
	for _, line := range []string{"one", "two"} {
		lines <- line
		if got, err := reader.ReadString('\n'); got != line+"\n" || err != nil {
			t.Fatalf("read %q, %v; want %q", got, err, line)
		}
	}
	resp.Body.Close()
	<-gone
}

// earlyDaemon answers once it has a call's whole body, and looks for the end of that body
// only when its answer is on the way, as the transport of an HTTP client may.
type earlyDaemon struct{ ended chan error }

func (d earlyDaemon) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, err := io.CopyN(io.Discard, r.Body, r.ContentLength); err != nil {
		return nil, err
	}
	from, to := io.Pipe()
	go func() {
		fmt.Fprintln(to, "one") // is taken when the header has been sent
		_, err := io.Copy(io.Discard, r.Body)
		d.ended <- err
		to.Close()
	}()
	return &http.Response{StatusCode: http.StatusOK, ContentLength: -1, Header: http.Header{}, Body: from}, nil
}

// An answer that begins early does not take the call's body from whoever passes it on: the
// transport would cut the answer off.
func TestEarlyAnswer(t *testing.T) {
	daemon := earlyDaemon{make(chan error, 1)}
	w := newWorld(t, say(""), func(cfg *console.Config) { cfg.Daemon = daemon })
	if _, body := w.do(w.request("POST", "/v1/changes", "{}")); body != "one\n" {
		t.Errorf("the answer is %q", body)
	}
	if err := <-daemon.ended; err != nil {
		t.Errorf("the body of the call ended with %v", err)
	}
}

// Where the daemon has ended, the page gets a problem that says what to do; where it ended
// in the middle of a change, that nobody knows what became of it.
func TestNoDaemon(t *testing.T) {
	w := newWorld(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	for _, test := range []struct {
		method string
		status int
		kind   api.Kind
		detail string
	}{
		{"GET", http.StatusBadGateway, console.KindUnreachable, "EOF"},
		{"POST", http.StatusServiceUnavailable, api.KindOutcomeUnknown, "look whether"},
	} {
		w.fails(test.method, test.status, test.kind, test.detail)
	}
	w.stop()
	for _, method := range []string{"GET", "POST"} {
		w.fails(method, http.StatusBadGateway, console.KindUnreachable, "start")
	}
}

// fails makes a call that must be answered with a problem.
func (w *world) fails(method string, status int, kind api.Kind, detail string) {
	w.t.Helper()
	resp, body := w.do(w.request(method, "/v1/refresh", ""))
	var p api.Problem
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		w.t.Fatalf("%v in %s", err, body)
	}
	if resp.StatusCode != status || p.Status != status || p.Type != kind || !strings.Contains(p.Detail, detail) {
		w.t.Errorf("%s: %s %+v, want %d %s with %q", method, resp.Status, p, status, kind, detail)
	}
	if got := resp.Header.Get("Content-Type"); got != "application/problem+json" {
		w.t.Errorf("%s: the problem is %q", method, got)
	}
}

// A page that does not read a stream gathers nothing in the console: the daemon notices,
// and ends the stream by its own measure, which the page can tell from its end.
func TestSlowPage(t *testing.T) {
	const much = 64 << 20 // bytes: more than all sockets on the way take
	written := make(chan int, 1)
	w := newWorld(t, func(w http.ResponseWriter, _ *http.Request) {
		line, total := strings.Repeat("x", 64<<10-1)+"\n", 0
		for total < much {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
			n, err := io.WriteString(w, line)
			total += n
			if err != nil {
				break
			}
		}
		written <- total
		panic(http.ErrAbortHandler)
	})
	resp, err := http.DefaultClient.Do(w.request("GET", "/v1/events", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	total := <-written
	if total >= much {
		t.Errorf("the console took %d bytes for a page that reads none", total)
	}
	if n, err := io.Copy(io.Discard, resp.Body); err == nil {
		t.Errorf("%d bytes of %d are there, and the stream ends as if it were whole", n, total)
	}
}
