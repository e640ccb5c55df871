package control

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"sessiond/internal/api"
)

// A socket that is forwarded to a TCP port can be reached by every page in a
// browser on that machine. Two checks keep pages from using it (interface, "HTTP/JSON
// over the Unix socket"); each closes what the other leaves open.

// checkHost refuses a request that was sent to a name which may be a web site's: by a
// name of its own that leads to this machine (DNS rebinding), a page is of the same
// origin as what it asks.
func checkHost(r *http.Request) *problem {
	if isLocalHost(r.Host) {
		return nil
	}
	return newProblem(api.KindUnknownHost, "no host called %q is served here; ask http://sessiond/", r.Host)
}

// isLocalHost reports whether a Host header names nobody, an address, or a name that
// no public site can have: one without a dot, or below localhost.
func isLocalHost(host string) bool {
	if !strings.Contains(host, ".") { // which is what nearly everybody writes
		return true
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return strings.HasSuffix(strings.ToLower(host), ".localhost")
}

// checkOrigin refuses a request that a page of another site has made, whatever its
// method is: net/http lets GET through, for links between sites, but here is nothing
// for people to be led to.
func (s *Server) checkOrigin(r *http.Request) *problem {
	changing := r.WithContext(r.Context())
	changing.Method = http.MethodPost
	if s.crossOrigin.Check(changing) == nil {
		return nil
	}
	return newProblem(api.KindOtherSite, "pages of other web sites may not ask")
}
