package control_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"sessiond/internal/access"
	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/control"
	"sessiond/internal/control/socket"
	"sessiond/internal/control/socket/sockettest"
	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
	"sessiond/internal/store"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// start returns when the daemon of these tests was started.
func start() time.Time { return time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC) }

// modified returns when the files of these tests were.
func modified() time.Time { return time.Date(2026, 11, 20, 9, 12, 44, 500_000_000, time.UTC) }

// daemon is a Refresher that does what a test tells it.
type daemon struct {
	refresh func(ctx context.Context) (session.Report, error)
	open    func(ctx context.Context, key session.Key) (session.Report, error)
	openAll func(ctx context.Context) (session.Report, error)
	// braked is refresh for those who may only look.
	braked func(ctx context.Context) (session.Report, error)
	// takeRoot and openSince are refresh and openAll with more to say.
	takeRoot  func(ctx context.Context) (session.Report, error)
	openSince func(ctx context.Context, since time.Time) (session.Report, error)
	status    api.Status
	ready     chan struct{}

	readyAsked atomic.Int64 // calls of Ready
}

func (d *daemon) Refresh(ctx context.Context) (session.Report, error) { return d.refresh(ctx) }

func (d *daemon) RefreshBraked(ctx context.Context) (session.Report, error) { return d.braked(ctx) }

func (d *daemon) Open(ctx context.Context, key session.Key) (session.Report, error) {
	return d.open(ctx, key)
}

func (d *daemon) TakeRoot(ctx context.Context) (session.Report, error) { return d.takeRoot(ctx) }

func (d *daemon) OpenSince(ctx context.Context, since time.Time) (session.Report, error) {
	return d.openSince(ctx, since)
}

func (d *daemon) OpenAll(ctx context.Context) (session.Report, error) { return d.openAll(ctx) }
func (d *daemon) Status() api.Status                                  { return d.status }

func (d *daemon) Ready() <-chan struct{} {
	d.readyAsked.Add(1)
	return d.ready
}

// world is a server on a socket of its own, with what is around it.
type world struct {
	t      *testing.T
	daemon *daemon
	admin  *administrator
	store  *store.Store
	client *client.Client
	logs   *observer.ObservedLogs
	socket string
	stop   func() // ends the server and waits for its end; may be called again
	ended  chan struct{}
}

// anAdmin is the level of who asks in most tests, whoever runs them.
func anAdmin(access.Peer) access.Level { return access.Admin }

// newWorld serves a store that was loaded and is empty.
func newWorld(t *testing.T, adjust ...func(*control.Config)) *world {
	t.Helper()
	loaded := &daemon{ready: make(chan struct{})}
	close(loaded.ready)
	return serveWorld(t, loaded, adjust...)
}

func serveWorld(t *testing.T, d *daemon, adjust ...func(*control.Config)) *world {
	t.Helper()
	core, logs := observer.New(zapcore.DebugLevel)
	w := &world{
		t:      t,
		daemon: d,
		admin:  &administrator{},
		store:  store.New(start()),
		logs:   logs,
		socket: sockettest.Path(t),
		ended:  make(chan struct{}),
	}
	cfg := control.Config{Refresher: w.daemon, Store: w.store, Log: zap.New(core), Metrics: http.HandlerFunc(someMetrics), Level: anAdmin, Administrator: w.admin}
	for _, f := range adjust {
		f(&cfg)
	}
	ln, err := socket.Listen(socket.Config{Path: w.socket, Mode: 0o600})
	if err != nil {
		t.Fatal(err)
	}
	sockettest.PassInert(t, w.socket)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(w.ended)
		if err := control.New(cfg).Serve(ctx, ln); err != nil {
			t.Errorf("Serve = %v", err)
		}
	}()
	w.stop = sync.OnceFunc(func() {
		cancel()
		<-w.ended
	})
	w.client = client.New(w.socket)
	t.Cleanup(func() {
		w.client.Close()
		w.stop()
	})
	return w
}

// pass applies what a pass changed: each session is updated, or admitted where
// it is new. It returns the revision afterwards.
func (w *world) pass(sessions ...*session.Session) uint64 {
	o := session.Outcome{Report: session.Report{
		Pass: w.store.View().Passes() + 1, Trigger: session.TriggerWatch, Scope: session.ScopeFiles, StartedAt: start(),
	}}
	for _, s := range sessions {
		kind := session.ChangeAdmitted
		if _, ok := w.store.View().Get(s.Key()); ok {
			kind = session.ChangeUpdated
		}
		o.Changes = append(o.Changes, session.MemoryChange{Session: s, Kind: kind, Modified: modified().UnixNano()})
	}
	w.store.Apply(o)
	return w.store.View().Revision()
}

// remove applies a pass that removed a session whose file was deleted.
func (w *world) remove(key session.Key) {
	w.store.Apply(session.Outcome{
		Report:  session.Report{Trigger: session.TriggerWatch},
		Changes: []session.MemoryChange{{Session: sessiontest.At(key), Kind: session.ChangeDeleted}},
	})
}

const (
	secretToken  = "c2VjcmV0IGNvbm5lY3Rpb24gdG9rZW4"
	secretDevice = "secret-push-token"
	contactApp   = "UTT7VDX8W5.com.contactApp.Contact"
)

// newSession returns a session whose file has all that a file can have.
func newSession(key session.Key, email string) *session.Session {
	return newSessionOf(key, session.StatusAccepted, email, "Anna’s iPhone")
}

// newSessionOf is newSession for another status and another device.
func newSessionOf(key session.Key, status, email, device string) *session.Session {
	file := fmt.Appendf(nil, `{"application":{"id":"com.contactApp.Contact","name":"Contact","version":"1.0.0"},
		"session":{"id":%q,"ip":"192.0.2.7"},"team":{"id":"UTT7VDX8W5"},
		"device":{"id":"1E9F","description":%q,"os":"iOS","version":"18.1","simulator":true,"token":%q},
		"status":%q,"email":%q,"token":%q,"userInfo":{"token":"kept"}}`,
		key.ID, device, secretDevice, status, email, secretToken)
	content, err := session.WithoutSecrets(file)
	if err != nil {
		panic(err) // the tests' own texts are JSON
	}
	return session.New(key, content, status, session.DigestOf(file))
}

// sessions returns n sessions of one app, in the order of their keys.
func sessions(app string, n int) []*session.Session {
	return sessionsOf(app, n, "Anna’s iPhone")
}

// sessionsOf is sessions for another device.
func sessionsOf(app string, n int, device string) []*session.Session {
	all := make([]*session.Session, n)
	for i := range all {
		all[i] = newSessionOf(session.Key{App: app, ID: fmt.Sprintf("%08d", i)}, session.StatusAccepted, "anna@example.com", device)
	}
	return all
}

// answer is an answer as it came over the socket.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request without the client's help.
func (w *world) ask(method, path string, body io.Reader) answer {
	w.t.Helper()
	plain := &http.Client{
		Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext: func(context.Context, string, string) (net.Conn, error) {
				return sockettest.Dial(w.socket, patience)
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       patience,
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, "http://sessiond"+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := plain.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, text}
}

// get asks with the method GET.
func (w *world) get(path string) answer {
	w.t.Helper()
	return w.ask(http.MethodGet, path, nil)
}

// post asks with the method POST.
func (w *world) post(path string) answer {
	w.t.Helper()
	return w.ask(http.MethodPost, path, nil)
}

// read reads the body into a T.
func read[T any](t *testing.T, a answer) T {
	t.Helper()
	var value T
	if err := json.Unmarshal(a.body, &value, json.RejectUnknownMembers(true)); err != nil {
		t.Fatalf("cannot read the answer %s: %v", a.body, err)
	}
	return value
}

// failure is a problem as a client sees it.
type failure struct {
	Type   api.Kind         `json:"type"`
	Title  string           `json:"title"`
	Status int              `json:"status"`
	Detail string           `json:"detail"`
	Error  *session.Problem `json:"error"`
	// With status 412, and where the daemon may not change a file.
	Current *api.Summary `json:"current"`
	ETag    string       `json:"etag"`
	Owner   string       `json:"owner"`
	Folder  string       `json:"folder"`
	Remedy  string       `json:"remedy"`
}

// mustFail holds an answer against what every failure must look like.
func (a answer) mustFail(t *testing.T, status int, detail string) failure {
	t.Helper()
	if a.status != status {
		t.Fatalf("the status is %d, want %d; the body is %s", a.status, status, a.body)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("the content type is %q, want a problem", got)
	}
	f := read[failure](t, a)
	if f.Status != status || f.Title != http.StatusText(status) {
		t.Errorf("the problem says %d %q, want %d %q", f.Status, f.Title, status, http.StatusText(status))
	}
	if !slices.Contains(api.Kinds(), f.Type) || f.Type.Status() != status {
		t.Errorf("the type is %q, want a kind of status %d", f.Type, status)
	}
	if !strings.Contains(f.Detail, detail) {
		t.Errorf("the detail is %q, want it to contain %q", f.Detail, detail)
	}
	return f
}

// mustBe holds an answer against what every success must look like.
func (a answer) mustBe(t *testing.T, contentType string) answer {
	t.Helper()
	if a.status != http.StatusOK {
		t.Fatalf("the status is %d, want 200; the body is %s", a.status, a.body)
	}
	if got := a.header.Get("Content-Type"); got != contentType {
		t.Errorf("the content type is %q, want %q", got, contentType)
	}
	return a
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(patience); !is(); <-again.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// dial opens a connection that the test writes to by hand.
func (w *world) dial() net.Conn {
	w.t.Helper()
	conn, err := sockettest.Dial(w.socket, patience)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// write sends bytes on a connection.
func write(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.Copy(conn, bytes.NewReader([]byte(text))); err != nil {
		t.Fatal(err)
	}
}

// readAnswer reads an answer from a connection, the zero value where it was
// closed without one.
func readAnswer(t *testing.T, conn net.Conn) answer {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return answer{}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Errorf("the answer breaks off: %v", err)
	}
	return answer{resp.StatusCode, resp.Header, text}
}
