package notify

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// told has a Notifier tell a server once, and returns it.
func told(t *testing.T, url string) *rig {
	t.Helper()
	r := newRig(t, url)
	r.settled()
	r.tell(t.Context())
	return r
}

// isClean fails where log or status hold a control character, the secret, or more of a
// session's id than its beginning.
func isClean(t *testing.T, r *rig) {
	t.Helper()
	text := fmt.Sprintf("%+v %v", *r.Status(), r.Hints())
	for _, e := range r.logs.All() {
		text += fmt.Sprintf("%s %v", e.Message, e.ContextMap())
	}
	for _, bad := range []string{testSecret, anID, "\x1b", "\n", "\x00"} {
		if strings.Contains(text, bad) {
			t.Errorf("log or status hold %q: %q", bad, text)
		}
	}
}

const anID = "7023d9205074199d1c16fc00d24354e778137675"

// What goes over the wire.
func TestRequest(t *testing.T) {
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = strings.Join([]string{r.Method, r.URL.String(), r.Header.Get("Authorization"), r.Header.Get("Content-Type"), r.Header.Get("User-Agent"), string(body)}, "\n")
	}))
	defer server.Close()
	r := told(t, server.URL+"/sessiond/refresh?a=b")
	view := r.store.View()
	want := "POST\n/sessiond/refresh?a=b\nBearer " + testSecret + "\napplication/json\nsessiond/1\n" +
		fmt.Sprintf(`{"epoch":%q,"revision":%d,"updated":0,"removed":0,"trigger":"startup"}`, view.Epoch().String(), view.Revision())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if status := r.Status(); status.URL != server.URL+"/sessiond/refresh" || status.State != api.NotifyFollowing || status.Errors != nil || status.LastSuccess.IsZero() {
		t.Errorf("the status is %+v", status)
	}
	isClean(t, r)
}

func anError(code int, component, message string) api.NotifyError {
	return api.NotifyError{ErrCode: code, ComponentSignature: component, Message: message}
}

// A success counts whatever its answer holds. Of this, only what is understood is shown,
// fit for a terminal and a log.
func TestAnswers(t *testing.T) {
	const mobi2 = `{"errCode":2,"message":"The json file is not correctly formed","componentSignature":"mobi"}`
	for name, c := range map[string]struct {
		body   string
		errors []api.NotifyError
		total  int
		fault  string
		hint   string
	}{
		"nothing":         {},
		"white space":     {body: " \r\n"},
		"no member":       {body: `{"ok":true}`},
		"null":            {body: `{"errors":null}`},
		"no errors":       {body: `{"errors":[]}`, errors: []api.NotifyError{}, hint: "this daemon rejects files with mobi 3, and 4D reports no error of any file"},
		"the same errors": {body: `{"errors":[{"errCode":3,"message":"m","componentSignature":"mobi","more":1}]}`, errors: []api.NotifyError{anError(3, "mobi", "m")}, total: 1},
		"another error": {
			body: `{"errors":[` + mobi2 + `,` + mobi2 + `]}`, total: 2,
			errors: []api.NotifyError{anError(2, "mobi", "The json file is not correctly formed"), anError(2, "mobi", "The json file is not correctly formed")},
			hint:   "4D reports mobi 2, and this daemon does not",
		},
		"an error of another component": {
			body: `{"errors":[{"errCode":54,"message":"x","componentSignature":"4DRT"}]}`, total: 1, errors: []api.NotifyError{anError(54, "4DRT", "x")},
			hint: "4D reports 4DRT 54, and this daemon does not",
		},
		"many errors": {
			body: `{"errors":[` + strings.Repeat(`{"errCode":3,"message":"m","componentSignature":"mobi"},`, 500) + `{"errCode":4,"componentSignature":"mobi"}]}`, total: 501,
			errors: func() (list []api.NotifyError) {
				for range api.MaxNotifyErrors {
					list = append(list, anError(3, "mobi", "m"))
				}
				return list
			}(),
			hint: "4D reports mobi 4, and",
		},
		"control characters": {
			body:   `{"errors":[{"errCode":1,"message":"\u001b[2J\n\u0000\u202e` + anID + ` Bearer ` + testSecret + `","componentSignature":"\u0007\u0007"}]}`,
			errors: []api.NotifyError{anError(1, `\u0007\u0007`, `\u001b[2J\u000a\u0000\u202e7023d920… Bearer …`)}, total: 1,
			hint: `4D reports \u0007\u0007 1`,
		},
		"a long message": {
			body:   `{"errors":[{"errCode":1,"message":"` + strings.Repeat("é ", 300) + `","componentSignature":"mobi"}]}`,
			errors: []api.NotifyError{anError(1, "mobi", strings.Repeat("é ", 100)+"…")}, total: 1, hint: "mobi 1",
		},
		"not JSON":        {body: "<html>\x1b " + anID, fault: "it is not an object with", hint: "was not understood"},
		"twice":           {body: `{"errors":[],"errors":[]}`, fault: "it is not an object with", hint: "was not understood"},
		"a collection":    {body: `[` + mobi2 + `]`, fault: "it is not an object with", hint: "was not understood"},
		"another number":  {body: `{"errors":[{"errCode":"3"}]}`, fault: "it is not an object with", hint: "was not understood"},
		"not UTF-8":       {body: "{\"errors\":[{\"errCode\":3,\"message\":\"\xff\"}]}", fault: "it is not an object with", hint: "was not understood"},
		"64 KiB":          {body: strings.Repeat(" ", maxAnswer-13) + `{"errors":[]}`, errors: []api.NotifyError{}, hint: "mobi 3"},
		"a byte too many": {body: strings.Repeat(" ", maxAnswer-12) + `{"errors":[]}`, fault: "it is larger than 64 KiB", hint: "was not understood"},
		"10 MB":           {body: strings.Repeat("x", 10e6), fault: "it is larger than 64 KiB", hint: "was not understood"},
		"deep":            {body: `{"errors":` + strings.Repeat("[", 30000), fault: "it is not an object with", hint: "was not understood"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, c.body) }))
			defer server.Close()
			r := newRig(t, server.URL)
			r.rejects(session.CodeSchema)
			r.tell(t.Context())
			status := r.Status()
			if diff := cmp.Diff(c.errors, status.Errors); diff != "" || status.ErrorsTotal != c.total || status.State != api.NotifyFollowing {
				t.Errorf("the status is %+v\n%s", status, diff)
			}
			if !strings.HasPrefix(status.Answer, c.fault) || c.fault == "" && status.Answer != "" {
				t.Errorf("the answer is said to be %q, want %q", status.Answer, c.fault)
			}
			hints := r.Hints()
			if c.hint == "" && len(hints) > 0 || c.hint != "" && (len(hints) != 1 || hints[0].Code != api.HintNotifyDiffers || !strings.Contains(hints[0].Text, c.hint)) {
				t.Errorf("hints are %v, want %q", hints, c.hint)
			}
			isClean(t, r)
		})
	}
}

// An answer that ends before its time is a success: the status says what 4D did.
func TestAnswerCutOff(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"errors":[]}`)
	}))
	defer server.Close()
	if status := told(t, server.URL).Status(); status.State != api.NotifyFollowing || status.Answer != "it was cut off" {
		t.Errorf("the status is %+v", status)
	}
}

// An answer without an end is read no further than its limit.
func TestEndlessAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := io.WriteString(w, strings.Repeat(" ", 4096)); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	if status := told(t, server.URL).Status(); status.State != api.NotifyFollowing || status.Answer != "it is larger than 64 KiB" {
		t.Errorf("the status is %+v", status)
	}
}

// What is no success, and how it is told.
func TestFailures(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			_, _ = io.WriteString(w, "\x1b"+anID)
		}
	}
	raw := func(answer string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(conn, answer)
			_ = conn.Close()
		}
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"error":        {status(500), "the server answered 500 Internal Server Error"},
		"no such page": {status(404), "the server answered 404 Not Found"},
		"refusal":      {status(401), "the server answered 401 Unauthorized: is the secret the same there?"},
		"redirect":     {http.RedirectHandler(other.URL, http.StatusTemporaryRedirect).ServeHTTP, "the server answered 307 Temporary Redirect: redirects are not followed"},
		"not HTTP":     {raw("\x1b]0;" + anID + "\r\n\r\n"), "what the server answered is not HTTP"},
		"reason":       {raw("HTTP/1.1 503 \x1b" + anID + "\r\n\r\n"), "the server answered 503 Service Unavailable"},
		"long header":  {raw("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20) + "\r\n\r\n"), "what the server answered is not HTTP, or has too long a header"},
		"hangs up":     {raw(""), "cannot reach the server: EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(c.handler)
			defer server.Close()
			r := told(t, server.URL)
			if status := r.Status(); status.State != api.NotifyFailing || !strings.HasPrefix(status.Reason, c.want) || len(status.Reason) > 2*maxText {
				t.Errorf("the status is %+v, want %q", status, c.want)
			}
			isClean(t, r)
		})
	}
	if elsewhere.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

// Requests go by no proxy that the environment names. For loopback there is none in any
// case, and net/http reads the environment once: e2e/script has the rest.
func TestNoProxy(t *testing.T) {
	if transport, ok := newClient().Transport.(*http.Transport); !ok || transport.Proxy != nil {
		t.Error("requests may go by a proxy")
	}
}

// What the sandbox of the unit forbids is told with the remedy, also where it is the
// look-up of a name.
func TestForbiddenConnections(t *testing.T) {
	for name, err := range map[string]error{
		"address": &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.EPERM)},
		"access":  &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.EACCES)},
		"family":  &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("socket", syscall.EAFNOSUPPORT)},
		"name":    &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "write udp 10.0.0.1:53: operation not permitted", Name: "h"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := faultOf(t.Context(), &url.Error{Op: "Post", URL: "http://h/?secret", Err: err}).Error()
			if !strings.Contains(got, "IPAddressAllow=") || strings.Contains(got, "?secret") {
				t.Error(got)
			}
		})
	}
}
