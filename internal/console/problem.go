package console

import (
	"net/http"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
)

// The kinds of problems that the console has beside the daemon's.
const (
	KindWrongKey    api.Kind = "/problems/wrong-key"   // 401: the key of the run is missing, or is another's
	KindUnreachable api.Kind = "/problems/unreachable" // 502: the daemon cannot be reached; Detail says what to do
)

// newProblem returns a problem of one of the console's kinds.
func newProblem(kind api.Kind, status int, detail string) api.Problem {
	return api.Problem{Type: kind, Title: http.StatusText(status), Status: status, Detail: detail}
}

// fail answers with a problem.
func fail(w http.ResponseWriter, p api.Problem) {
	body, err := json.Marshal(p)
	if err != nil { // of texts there is nothing that cannot be written
		panic(err)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n')) //nolint:gosec // no page, which Content-Type says; and who is gone need not be told
}
