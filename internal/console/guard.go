package console

import (
	"crypto/subtle"
	"fmt"
	"mime"
	"net"
	"net/http"
	"strings"

	"sessiond/internal/api"
)

// KeyHeader is the header of a call that has the key of this run.
const KeyHeader = "Sessiond-Key"

// contentPolicy lets the page use what comes from its own origin, and nothing else. With
// Trusted Types and without a policy of theirs, no text can become markup or code.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types 'none'"

// protect sets the headers that keep a browser from using an answer in any other way than
// the page does.
func protect(header http.Header) {
	header.Set("Content-Security-Policy", contentPolicy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// ServeHTTP answers the browser.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	if !isLoopbackHost(r.Host) {
		fail(w, api.NewProblem(api.KindUnknownHost, fmt.Sprintf("no host called %q is served here; open the address that sessiond console printed, which begins with http://127.0.0.1 or http://localhost", r.Host)))
		return
	}
	if !strings.HasPrefix(r.URL.Path, "/v1/") {
		s.serveAsset(w, r)
		return
	}
	if p := s.refusal(r); p != nil {
		if p.Status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", KeyHeader)
		}
		fail(w, *p)
		return
	}
	s.serveCall(w, r)
}

// isLoopbackHost reports whether a Host header names this machine, with whatever port: a
// forwarded one is another. A page whose own name leads here (DNS rebinding) has that name.
func isLoopbackHost(host string) bool {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	} else if port == "" || strings.Trim(port, "0123456789") != "" {
		return false
	}
	switch strings.ToLower(name) {
	case "localhost", "127.0.0.1", "[::1]":
		return true
	case "::1":
		return err == nil // the brackets were there
	}
	return false
}

// refusal returns why a call may not go to the daemon, nil where it may.
func (s *Server) refusal(r *http.Request) *api.Problem {
	var p api.Problem
	switch {
	case !s.isSameOrigin(r):
		p = api.NewProblem(api.KindOtherSite, "pages of other web sites may not ask")
	case !s.hasKey(r):
		p = newProblem(KindWrongKey, http.StatusUnauthorized, "the key of this run of the console is missing or wrong; open the address that sessiond console printed")
	case r.ContentLength != 0 && !isJSON(r):
		p = api.NewProblem(api.KindBodyNotJSON, "the body must be application/json or "+api.TypeMergePatch)
	default:
		return nil
	}
	return &p
}

// isSameOrigin reports whether no page of another site makes a call. net/http lets any
// page GET, for links, but there is nothing here to be linked to.
func (s *Server) isSameOrigin(r *http.Request) bool {
	changing := r.WithContext(r.Context())
	changing.Method = http.MethodPost
	return s.crossOrigin.Check(changing) == nil
}

// hasKey reports whether a call has the key of this run.
func (s *Server) hasKey(r *http.Request) bool {
	return subtle.ConstantTimeCompare([]byte(r.Header.Get(KeyHeader)), []byte(s.key)) == 1
}

// isJSON reports whether the body is said to be JSON.
func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && (kind == "application/json" || kind == api.TypeMergePatch)
}
