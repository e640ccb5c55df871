package console

import (
	"context"
	"errors"
	"net/http"
	"net/http/httputil"

	"sessiond/internal/api"
	"sessiond/internal/client"
)

// passedHeaders are those of a call that go to the daemon. Everything else says something
// of the browser, or is between the browser and the console.
func passedHeaders() []string { return []string{"Accept", "Content-Type", "If-Match"} }

// newProxy returns what passes calls on to the daemon.
func newProxy(daemon http.RoundTripper) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite:        rewrite,
		Transport:      daemon,
		ModifyResponse: withoutOwnHeaders,
		ErrorHandler:   failed,
	}
}

// rewrite makes the daemon's request of a call.
func rewrite(p *httputil.ProxyRequest) {
	p.Out.URL.Scheme, p.Out.URL.Host, p.Out.Host = "http", "sessiond", "sessiond"
	p.Out.URL.RawQuery = p.In.URL.RawQuery // the daemon says what is wrong with it
	p.Out.Header = http.Header{api.HeaderClient: {"console"}}
	for _, name := range passedHeaders() {
		if values := p.In.Header.Values(name); len(values) > 0 {
			p.Out.Header[name] = values
		}
	}
}

// withoutOwnHeaders takes out of an answer what [protect] has set already.
func withoutOwnHeaders(resp *http.Response) error {
	own := make(http.Header)
	protect(own)
	for name := range own {
		resp.Header.Del(name)
	}
	return nil
}

// failed answers a call that got no answer of the daemon.
func failed(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case r.Context().Err() != nil:
		panic(http.ErrAbortHandler) // nobody waits for it, or the console ends
	case r.Method == http.MethodGet, r.Method == http.MethodHead, errors.Is(err, client.ErrUnreachable):
		fail(w, newProblem(KindUnreachable, http.StatusBadGateway, err.Error()))
	default:
		fail(w, api.NewProblem(api.KindOutcomeUnknown, "the daemon ended before it answered; look whether the change was made: "+err.Error()))
	}
}

// serveCall passes a call on to the daemon. A stream ends with the console; everything else
// gets the grace of [Server.Serve].
func (s *Server) serveCall(w http.ResponseWriter, r *http.Request) {
	s.used()
	defer s.used()
	// Or else the server closes the call's body when the answer begins, and the transport,
	// which may not have seen its end yet, cuts the answer off.
	_ = http.NewResponseController(w).EnableFullDuplex()
	if r.URL.Path == "/v1/events" {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(s.ending, cancel)()
		r = r.WithContext(ctx)
	}
	s.proxy.ServeHTTP(w, r)
}
