package control_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"sessiond/internal/client"
	"sessiond/internal/control"
	"sessiond/internal/session"
)

// longest is a session whose summary fills a page.
func longest(id string) *session.Session {
	return newSessionOf(session.Key{App: "a.b", ID: id}, session.StatusAccepted, strings.Repeat("x", 1<<20), "")
}

// occupy has clients ask for a full page and read nothing of it, more of them than get
// memory for it before the last has waited long enough. It returns how the last fares.
func (w *world) occupy() (last answer) {
	w.t.Helper()
	w.pass(longest("1"))
	eventually(w.t, "the memory for answers is taken", func() bool {
		for range 20 {
			write(w.t, w.dial(), "GET /v1/sessions HTTP/1.1\r\nHost: sessiond\r\n\r\n")
		}
		last = w.get("/v1/sessions")
		return last.status != http.StatusOK
	})
	return last
}

// littleMemory leaves memory for one large answer in each half.
func littleMemory(cfg *control.Config) { cfg.AnswerBytes = 1 << 20 }

// Clients that do not read take no more than the budget: others are told to come again,
// while small answers are given in any case.
func TestMemoryForAnswersIsTaken(t *testing.T) {
	w := newWorld(t, littleMemory)
	busy := w.occupy()
	busy.mustFail(t, http.StatusServiceUnavailable, "slow to read")
	if got := busy.header.Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After is %q", got)
	}
	for _, path := range []string{"/healthz", "/v1/status", "/v1/errors", "/v1/apps"} {
		w.get(path).mustBe(t, "application/json")
	}
}

// One who reads is served although others who do not have all the memory: those of the
// second half are cut off soon.
func TestSlowReadersOfLargeAnswers(t *testing.T) {
	w := newWorld(t, littleMemory, func(cfg *control.Config) { cfg.Limits.Write = patience })
	w.pass(longest("1"))
	var slow []io.Reader
	for range 2 {
		conn := w.dial()
		write(t, conn, "GET /v1/sessions HTTP/1.1\r\nHost: sessiond\r\n\r\n")
		if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil { // it has its part of the memory
			t.Fatal(err)
		}
		slow = append(slow, conn)
	}
	if page, err := w.client.Sessions(t.Context(), client.Query{}); err != nil || len(page.Sessions) != 1 {
		t.Errorf("%d sessions, %v", len(page.Sessions), err)
	}
	if rest, err := io.Copy(io.Discard, slow[1]); rest > 1<<20 {
		t.Errorf("the slow reader of the second half got %d bytes, %v; want that it was cut off", rest, err)
	}
}

// A page ends where it is large enough, and the next one goes on there.
func TestPagesAreBoundedInBytes(t *testing.T) {
	w := newWorld(t)
	w.pass(longest("1"), longest("2"), newSession(session.Key{App: "a.b", ID: "3"}, ""), newSession(session.Key{App: "a.b", ID: "4"}, ""))
	var pages []int
	for q := (client.Query{Limit: 1000}); ; {
		page, err := w.client.Sessions(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, len(page.Sessions))
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if got, want := fmt.Sprint(pages), "[1 1 2]"; got != want {
		t.Errorf("pages of %s sessions, want %s", got, want)
	}
}

// A report is whole however many errors it has, and is not encoded as a whole before it
// is sent.
func TestLargeReport(t *testing.T) {
	const files = 50_000
	w := newWorld(t)
	report := session.Report{Trigger: session.TriggerSocket, Scope: session.ScopeFull, StartedAt: start()}
	for i := range files {
		report.Errors = append(report.Errors, *session.NewProblem(session.Key{App: "a.b", ID: fmt.Sprint(i)}, session.CodeSyntax, "line 1"))
	}
	w.daemon.refresh = func(context.Context) (session.Report, error) { return report, nil }
	got, err := w.client.Refresh(t.Context())
	if err != nil || len(got.Errors) != files {
		t.Fatalf("%d errors, %v; want %d", len(got.Errors), err, files)
	}
	conn := w.dial()
	write(t, conn, "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\nContent-Length: 0\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.ContentLength >= 0 {
		t.Errorf("the answer was made as a whole, of %d bytes", resp.ContentLength)
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(resp.Body); err != nil || !bytes.HasSuffix(body.Bytes(), []byte("}\n")) {
		t.Errorf("the answer breaks off: %v", err)
	}
}
