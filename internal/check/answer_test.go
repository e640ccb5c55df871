package check

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
)

// relevant are the headers of an answer that gateways and apps go by.
func relevant(answer *http.Response) map[string]string {
	headers := map[string]string{}
	for name := range answer.Header {
		if strings.HasPrefix(name, "X-Sessiond-") || name == "Www-Authenticate" || name == "Retry-After" || name == "Cache-Control" {
			headers[name] = answer.Header.Get(name)
		}
	}
	return headers
}

func TestAnswers(t *testing.T) {
	const invalid = challenge + `, error="invalid_token"`
	denied := func(status int, why string, headers map[string]string) (int, string, map[string]string) {
		code := map[int]string{401: "1907", 403: "1906"}[status]
		headers["Cache-Control"] = "no-store"
		if code == "" {
			return status, fmt.Sprintf(`{"success":false,"statusText":%q}`, why), headers
		}
		return status, fmt.Sprintf(`{"success":false,"statusText":%q,"__ERRORS":[{"errCode":%s,"message":%q}]}`, why, code, why), headers
	}
	for name, test := range map[string]struct {
		session       *session.Session
		authorization string
		want          func() (int, string, map[string]string)
	}{
		"accepted": {typical(session.StatusAccepted), "Bearer " + published, func() (int, string, map[string]string) {
			return 200, "", map[string]string{
				"Cache-Control": "no-store", "X-Sessiond-App": key().App, "X-Sessiond-Application": application, "X-Sessiond-Team": team,
				"X-Sessiond-Email": "anna@example.com", "X-Sessiond-Device": "1E9F6B7C-5D4E-4F3A-9B2C-8D7E6F5A4B3C", "X-Sessiond-Status": "accepted",
			}
		}},
		"accepted, with odd values": {
			sessiontest.New(session.Key{App: "a.b", ID: id}, session.StatusAccepted, session.Details{
				Email: "zoë %@example.com\r\nX-Sessiond-Team: T", Application: session.Application{ID: "a.b"}, Device: session.Device{ID: "-"},
			}),
			"Bearer " + tokenOf("a.b", id, ""),
			func() (int, string, map[string]string) {
				return 200, "", map[string]string{
					"Cache-Control": "no-store", "X-Sessiond-App": "a.b", "X-Sessiond-Application": "a.b", "X-Sessiond-Team": "-",
					"X-Sessiond-Email":  "zo%C3%AB%20%25@example.com%0D%0AX-Sessiond-Team:%20T",
					"X-Sessiond-Device": "%2D", "X-Sessiond-Status": "accepted",
				}
			},
		},
		"pending": {typical(session.StatusPending), "Bearer " + published, func() (int, string, map[string]string) {
			return denied(403, "The session is not accepted yet.", map[string]string{"X-Sessiond-Error": "pending"})
		}},
		"no token": {typical(session.StatusAccepted), "", func() (int, string, map[string]string) {
			return denied(401, "There is no session token.", map[string]string{"Www-Authenticate": challenge})
		}},
		"malformed": {typical(session.StatusAccepted), "Bearer x", func() (int, string, map[string]string) {
			return denied(401, "The session token is not valid.", map[string]string{"Www-Authenticate": invalid})
		}},
		"ids that disagree": {typical(session.StatusAccepted), "Bearer " + tokenOf("contactApp.Contact", id, team+".com"), func() (int, string, map[string]string) {
			return denied(401, "The session token is not valid.", map[string]string{"Www-Authenticate": invalid})
		}},
		"unknown": {nil, "Bearer " + published, func() (int, string, map[string]string) {
			return denied(401, "The session is not known.", map[string]string{"Www-Authenticate": invalid, "X-Sessiond-Error": "unknown"})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			if test.session != nil {
				w = newWorld(test.session)
			}
			answer := w.ask(t, test.authorization)
			defer answer.Body.Close()
			if accepted := answer.StatusCode == http.StatusOK; accepted != (len(w.seen) == 1) || accepted && w.seen[0] != test.session.Key() {
				t.Errorf("seen are %v", w.seen)
			}
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			status, text, headers := test.want()
			if answer.StatusCode != status || string(body) != text {
				t.Errorf("got %d %s\nwant %d %s", answer.StatusCode, body, status, text)
			}
			if diff := cmp.Diff(headers, relevant(answer)); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
		})
	}
}

// Any method, host, query and path below the route is answered by the header alone, and
// no body is waited for. What is served nowhere is no 404.
func TestRequests(t *testing.T) {
	w := newWorld(typical(session.StatusAccepted))
	address := w.serve(t)
	for name, test := range map[string]struct {
		request string
		status  int
		closed  bool
	}{
		"GET":                       {"GET /v1/check HTTP/1.1\r\nHost: evil.example\r\n", 200, false},
		"GET of 1.0":                {"GET /v1/check HTTP/1.0\r\n", 200, true},
		"HEAD":                      {"HEAD /v1/check HTTP/1.1\r\nHost: x\r\n", 200, false},
		"an unknown method":         {"BREW /v1/check HTTP/1.1\r\nHost: x\r\n", 200, false},
		"OPTIONS":                   {"OPTIONS /v1/check HTTP/1.1\r\nHost: x\r\n", 200, false},
		"a query":                   {"GET /v1/check?a=%zz&b;c HTTP/1.1\r\nHost: x\r\n", 200, false},
		"a path below":              {"GET /v1/check/mobileapp/../%2e%2e//x%2fy HTTP/1.1\r\nHost: x\r\n", 200, false},
		"POST without its body":     {"POST /v1/check HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n", 200, true},
		"a large body that is late": {"PUT /v1/check HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n", 200, true},
		"chunks that never come":    {"POST /v1/check HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n", 200, true},
		"a body on demand":          {"POST /v1/check HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n", 200, true},
		"another path":              {"GET / HTTP/1.1\r\nHost: x\r\n", 503, false},
		"a path beside":             {"GET /v1/checks HTTP/1.1\r\nHost: x\r\n", 503, false},
		"another route":             {"GET /v1/sessions HTTP/1.1\r\nHost: x\r\n", 503, false},
		"OPTIONS of the server":     {"OPTIONS * HTTP/1.1\r\nHost: x\r\n", 503, false},
		"CONNECT":                   {"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n", 503, false},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			// Far longer than an answer takes, and shorter than the server waits for anything.
			if err := conn.SetDeadline(time.Now().Add(4 * time.Second)); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(conn, "%sAuthorization: Bearer %s\r\n\r\n", test.request, published)
			method, _, _ := strings.Cut(test.request, " ")
			answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if answer.StatusCode != test.status || answer.Close != test.closed {
				t.Errorf("the status is %d, at the end of the connection %t; want %d, %t", answer.StatusCode, answer.Close, test.status, test.closed)
			}
			if answer.StatusCode == http.StatusOK && answer.ContentLength > 0 {
				t.Errorf("there are %d bytes of a body", answer.ContentLength)
			}
		})
	}
}

// The server ends while checks are at work, which is no denial.
func TestStopping(t *testing.T) {
	w := newWorld()
	w.files.find = func(session.Key) (bool, error) { return true, nil }
	w.files.look = func(context.Context, session.Key) (session.Report, error) {
		return session.Report{}, context.Canceled
	}
	answer := w.ask(t, "Bearer "+published)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") != "1" {
		t.Errorf("the status is %d, Retry-After %q", answer.StatusCode, answer.Header.Get("Retry-After"))
	}
}
