package check

import (
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"

	"sessiond/internal/session"
)

// Result is what a check came to.
type Result string

// The results, and the status of their answers.
const (
	Accepted    Result = "accepted"    // 200
	Pending     Result = "pending"     // 403: the session waits for its approval
	Missing     Result = "missing"     // 401: there is no token
	Malformed   Result = "malformed"   // 401: the token can be of no session, or disagrees with it
	Unknown     Result = "unknown"     // 401: there is no session, nor a valid file of one
	Unavailable Result = "unavailable" // 503: it cannot be told now
)

// Results returns all of them.
func Results() []Result {
	return []Result{Accepted, Pending, Missing, Malformed, Unknown, Unavailable}
}

// challenge is what a 401 has to say of how to authenticate (RFC 6750, section 3).
const challenge = `Bearer realm="4D Mobile"`

// Numbers of errors, as the apps read them.
const (
	codePending = 1906
	codeDenied  = 1907
)

// accept answers that a session may go on.
func accept(w http.ResponseWriter, s *session.Session, says *session.Details) {
	header := w.Header()
	values := [...]string{
		printable(s.Key().App), printable(says.Application.ID), printable(says.Team.ID),
		printable(says.Email), printable(says.Device.ID), s.Status(),
	}
	for i, name := range [...]string{
		"X-Sessiond-App", "X-Sessiond-Application", "X-Sessiond-Team",
		"X-Sessiond-Email", "X-Sessiond-Device", "X-Sessiond-Status",
	} {
		header[name] = values[i : i+1 : i+1]
	}
	header["Cache-Control"] = noStore()
	w.WriteHeader(http.StatusOK)
}

func noStore() []string { return []string{"no-store"} }

// deny answers anything but that. why is for people, and says nothing of the token.
func deny(w http.ResponseWriter, result Result, why string) {
	header := w.Header()
	header["Cache-Control"] = noStore()
	status, code := http.StatusUnauthorized, codeDenied
	switch result {
	case Missing:
		header.Set("WWW-Authenticate", challenge)
	case Malformed:
		header.Set("WWW-Authenticate", challenge+`, error="invalid_token"`)
	case Unknown:
		header.Set("WWW-Authenticate", challenge+`, error="invalid_token"`)
		header.Set("X-Sessiond-Error", string(Unknown))
	case Pending:
		status, code = http.StatusForbidden, codePending
		header.Set("X-Sessiond-Error", string(Pending))
	case Accepted, Unavailable:
		status, code = http.StatusServiceUnavailable, 0
		header.Set("Retry-After", "1")
	}
	header.Set("Content-Type", "application/json")
	w.WriteHeader(status)
	body := denial{StatusText: why}
	if code != 0 {
		body.Errors = []denialError{{code, why}}
	}
	_ = json.MarshalWrite(w, body) // it fails where nobody waits for it any more
}

// denial is the body of an answer, as the apps read it.
type denial struct {
	Success    bool          `json:"success"`
	StatusText string        `json:"statusText"`
	Errors     []denialError `json:"__ERRORS,omitempty"`
}

type denialError struct {
	Code    int    `json:"errCode"`
	Message string `json:"message"`
}

// printable writes a value so that it can be that of a header and is never empty:
// percent-encoded, "-" for nothing and "%2D" for that character alone.
func printable(value string) string {
	switch value {
	case "":
		return "-"
	case "-":
		return "%2D"
	}
	plain := func(c byte) bool { return c >= 0x21 && c <= 0x7e && c != '%' }
	for i := range len(value) {
		if plain(value[i]) {
			continue
		}
		var b strings.Builder
		b.WriteString(value[:i])
		for _, c := range []byte(value[i:]) {
			if plain(c) {
				b.WriteByte(c)
				continue
			}
			const digits = "0123456789ABCDEF"
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&0xf])
		}
		return b.String()
	}
	return value
}
