package check

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
	"sessiond/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	team        = "UTT7VDX8W5"
	application = "com.contactApp.Contact"
	// The token that the contract gives as its example, and the session that it is of.
	published = "eyJhcHBOYW1lSUQiOiJjb20uY29udGFjdEFwcC5Db250YWN0IiwiaWQiOiI3MDIzZDkyMDUwNzQxOTlkMWMxNmZjMDBkMjQzNTRlNzc4MTM3Njc1IiwidGVhbUlEIjoiVVRUN1ZEWDhXNSJ9"
	id        = "7023d9205074199d1c16fc00d24354e778137675"
)

func key() session.Key { return session.Key{App: team + "." + application, ID: id} }

// tokenOf returns a token in the alphabet and with the padding of 4D.
func tokenOf(application, id, team string) string {
	return base64.RawStdEncoding.EncodeToString(fmt.Appendf(nil, `{"appNameID":%q,"id":%q,"teamID":%q}`, application, id, team))
}

// files is a Files that does what a test tells it.
type files struct {
	loading bool
	find    func(session.Key) (bool, error)
	look    func(context.Context, session.Key) (session.Report, error)
	finds   atomic.Int64
	looks   atomic.Int64
}

func (f *files) Loaded() bool { return !f.loading }

func (f *files) Find(key session.Key) (bool, error) {
	f.finds.Add(1)
	return f.find(key)
}

func (f *files) Look(ctx context.Context, key session.Key) (session.Report, error) {
	f.looks.Add(1)
	return f.look(ctx, key)
}

// world is a server with what is around it.
type world struct {
	*Server
	files *files
	seen  []session.Key // by the answers of ask
}

// newWorld returns a server that knows some sessions. No file is found of others.
func newWorld(sessions ...*session.Session) *world {
	w := &world{files: &files{find: func(session.Key) (bool, error) { return false, nil }}}
	all := store.New(time.Now())
	admit(all, sessions...)
	w.Server = New(Config{
		Files: w.files, Store: all, Log: zap.NewNop(),
		Observe: func(Result, time.Duration) {},
		Seen:    func(key session.Key, _ time.Time) { w.seen = append(w.seen, key) },
	})
	return w
}

func admit(to *store.Store, sessions ...*session.Session) {
	var o session.Outcome
	for _, s := range sessions {
		o.Changes = append(o.Changes, session.MemoryChange{Session: s, Kind: session.ChangeAdmitted})
	}
	to.Apply(o)
}

func typical(status string) *session.Session {
	details := sessiontest.Typical().Details()
	return sessiontest.New(key(), status, details)
}

// ask returns the answer to a check with a header.
func (w *world) ask(t testing.TB, authorization string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	answer := httptest.NewRecorder()
	w.answer(answer, r)
	return answer.Result()
}

// serve serves a world on a socket, and returns its address.
func (w *world) serve(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v", err)
		}
	})
	return ln.Addr().String()
}
