package control_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sessiond/internal/control"
	"sessiond/internal/session"
)

const (
	evictAfter = time.Second

	askHealth  = "GET /healthz HTTP/1.1\r\nHost: sessiond\r\n\r\n"
	askRefresh = "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\n\r\n"
)

// crowded is a server for few clients, whose other limits are of no help.
func crowded() control.Config {
	return control.Config{MaxConns: 4, Limits: control.Limits{
		EvictAfter: evictAfter, Header: time.Hour, Body: time.Hour, Idle: time.Hour, Write: time.Hour,
	}}
}

// mustBeOver fails where a connection was not closed.
func mustBeOver(t *testing.T, conn net.Conn) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now()); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("reading = %v, want the end of the connection", err)
	}
}

// askOn sends a request, reads the answer and returns when the connection is at rest.
func (w *bubbled) askOn(conn net.Conn) {
	w.t.Helper()
	w.send(conn, askHealth)
	readAnswer(w.t, conn).mustBe(w.t, "application/json")
	synctest.Wait()
}

// readHeader reads the beginning of an answer and returns its status.
func readHeader(t *testing.T, conn net.Conn) int {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Error(err)
		return 0
	}
	return resp.StatusCode // the body has no end
}

// refreshesWait makes refreshes wait until release is closed. Their reports are
// longer than net/http buffers.
func (w *bubbled) refreshesWait() (release chan struct{}) {
	release = make(chan struct{})
	w.daemon.refresh = func(context.Context) (session.Report, error) {
		<-release
		return session.Report{Errors: make([]session.Problem, 1000)}, nil
	}
	return release
}

func TestNewcomersTakeNoAnswers(t *testing.T) {
	bubble(t, crowded(), func(t *testing.T, w *bubbled) {
		release := w.refreshesWait()
		var busy []net.Conn
		for range 4 {
			busy = append(busy, w.begin(askRefresh))
		}
		for range 4 {
			w.dial() // and say nothing
		}
		close(release)
		synctest.Wait() // all that can happen before the answers are read has happened
		for _, conn := range busy {
			readAnswer(t, conn).mustBe(t, "application/json")
		}
	})
}

func TestMoreClientsThanPlacesLoseNothing(t *testing.T) {
	for name, slow := range map[string]time.Duration{"at once": 0, "in two parts": evictAfter / 2} {
		t.Run(name, func(t *testing.T) {
			bubble(t, crowded(), func(t *testing.T, w *bubbled) {
				w.daemon.refresh = func(context.Context) (session.Report, error) {
					time.Sleep(evictAfter / 3)
					return session.Report{Errors: make([]session.Problem, 1000)}, nil
				}
				var clients sync.WaitGroup
				for range 50 {
					conn := w.dial()
					clients.Go(func() {
						for _, part := range strings.SplitAfter(askRefresh, "Host") {
							if _, err := io.WriteString(conn, part); err != nil {
								t.Errorf("cannot send a request: %v", err)
							}
							time.Sleep(slow)
						}
						if got := readAnswer(t, conn); got.status != http.StatusOK {
							t.Errorf("the status is %d, want an answer", got.status)
						}
					})
				}
				clients.Wait()
			})
		})
	}
}

func TestHowLongANewClientWaits(t *testing.T) {
	for name, text := range map[string]string{
		"silent":      "",
		"half a word": "GE",
		"half header": "GET /healthz HTTP/1.1\r\nHost: sessi",
		"half body":   "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\nContent-Length: 10\r\n\r\nhalf",
		"not reading": askHealth,
		"following":   "GET /v1/events HTTP/1.1\r\nHost: sessiond\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, crowded(), func(t *testing.T, w *bubbled) {
				var hanging []net.Conn
				for range 4 {
					hanging = append(hanging, w.begin(text))
				}
				began := time.Now()
				readAnswer(t, w.begin(askHealth)).mustBe(t, "application/json")
				if waited := time.Since(began); waited != evictAfter {
					t.Errorf("a new client waited for %v, want %v", waited, evictAfter)
				}
				mustBeOver(t, hanging[0])
				// What the oldest was waited for is not waited for again.
				readAnswer(t, w.begin(askHealth)).mustBe(t, "application/json")
				if waited := time.Since(began); waited != evictAfter {
					t.Errorf("the next one had to wait: %v", waited)
				}
			})
		})
	}
}

func TestOldestIdleConnectionIsDroppedFirst(t *testing.T) {
	bubble(t, crowded(), func(t *testing.T, w *bubbled) {
		conns := []net.Conn{w.dial(), w.dial(), w.dial(), w.dial()}
		for _, i := range []int{2, 1, 0, 3, 2} { // the one that rested longest is 1, then 0, 3, 2
			w.askOn(conns[i])
		}
		for _, oldest := range []int{1, 0} {
			w.askOn(w.dial())
			mustBeOver(t, conns[oldest])
		}
		for _, younger := range []int{3, 2} {
			w.askOn(conns[younger])
		}
	})
}

func TestConnectionsAtRestGoFirst(t *testing.T) {
	bubble(t, crowded(), func(t *testing.T, w *bubbled) {
		silent := w.dial()
		following := w.begin("GET /v1/events HTTP/1.1\r\nHost: sessiond\r\n\r\n")
		kept := []net.Conn{w.dial(), w.dial()}
		for _, conn := range kept {
			w.askOn(conn)
		}
		began := time.Now()
		for _, conn := range kept {
			w.dial()
			mustBeOver(t, conn)
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("new clients waited for %v", waited)
		}
		w.dial() // waits for one of those that are left
		w.askOn(silent)
		if got := readHeader(t, following); got != http.StatusOK {
			t.Errorf("the status of the stream is %d", got)
		}
	})
}

func TestBodyOnItsWayIsNotRest(t *testing.T) {
	bubble(t, crowded(), func(t *testing.T, w *bubbled) {
		w.daemon.refresh = func(context.Context) (session.Report, error) { return session.Report{}, nil }
		kept := w.dial()
		w.askOn(kept)
		w.send(kept, "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\nhalf")
		for range 4 {
			w.dial()
		}
		w.send(kept, " a body")
		readAnswer(t, kept).mustBe(t, "application/json")
	})
}

// A client that gets on with its request is not waited for any longer for that.
func TestHalfRequestsAreNotRenewed(t *testing.T) {
	bubble(t, crowded(), func(t *testing.T, w *bubbled) {
		for range 4 {
			slow := w.begin("POST /v1/refresh HTTP/1.1\r\n")
			go func() {
				time.Sleep(evictAfter / 2)
				_, _ = io.WriteString(slow, "Host: sessiond\r\nContent-Length: 10\r\n\r\nhalf")
			}()
		}
		began := time.Now()
		readAnswer(t, w.begin(askHealth)).mustBe(t, "application/json")
		if waited := time.Since(began); waited != evictAfter {
			t.Errorf("a new client waited for %v, want %v", waited, evictAfter)
		}
	})
}
