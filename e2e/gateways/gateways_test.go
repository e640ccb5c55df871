//go:build gateways && unix

package gateways

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

const app = "UTT7VDX8W5.com.contactApp.Contact"

// world is a gateway with what is around it.
type world struct {
	root    string
	socket  string // over which tokens are checked
	control string
	address string // of the gateway
	daemon  *harness.Daemon
	http.Client

	mu   sync.Mutex
	seen []*http.Request // by 4D
}

// newWorld starts a gateway before a daemon. Prepare is told of the root before anything is
// there.
func newWorld(t *testing.T, p program, prepare ...func(root string)) *world {
	t.Helper()
	folder := harness.ShortFolder(t)
	w := &world{root: filepath.Join(folder, "MobileApps"), socket: filepath.Join(folder, "c"), control: filepath.Join(folder, "s")}
	w.Transport = &http.Transport{MaxIdleConnsPerHost: 16}
	for _, prepare := range prepare {
		prepare(w.root)
	}
	w.write(t, "anna", "email=zoë@example.com", "device.id=D-1")
	w.write(t, "ben", "status=pending")
	fourd := httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(fourd.Close)
	w.launch(t)
	w.address = p.start(t, w.socket, fourd.Listener.Addr().String())
	t.Cleanup(w.CloseIdleConnections)
	return w
}

func (w *world) launch(t *testing.T) {
	t.Helper()
	w.daemon = harness.Setting{Socket: w.control}.Begin(t, w.root, "--admit", "follow", "--poll", "50ms", "--check-socket", w.socket, "--seen-file", w.socket+".seen")
	harness.Must(t, w.daemon.AwaitReady())
}

func (w *world) write(t *testing.T, name string, fields ...string) session.Key {
	t.Helper()
	key := harness.KeyOf(app, name)
	content := harness.NewContent(key)
	for _, field := range fields {
		harness.Must(t, content.Set(field))
	}
	harness.Must(t, harness.Replace(harness.FileOf(w.root, key), content.Bytes()))
	return key
}

// serve is 4D's web server.
func (w *world) serve(to http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.mu.Lock()
	w.seen = append(w.seen, r)
	w.mu.Unlock()
	fmt.Fprintf(to, "4D has %s %s %s", r.Method, r.RequestURI, body)
}

// answer is what an app gets.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends what an app sends. The path is sent as it is.
func (w *world) ask(t *testing.T, method, path, name, body string, headers http.Header) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+w.address, strings.NewReader(body))
	harness.Must(t, err)
	r.URL = &url.URL{Scheme: "http", Host: w.address, Opaque: path}
	if strings.HasPrefix(path, "//") { // which is a host in a URL
		r.URL.Opaque = "http://" + w.address + path
	}
	maps.Copy(r.Header, headers)
	r.Header.Set("X-QMobile", "1")
	if name != "" {
		key := harness.KeyOf(app, name)
		r.Header.Set("Authorization", "Bearer "+strings.TrimRight(harness.Token(app[11:], key.ID, app[:10]), "="))
	}
	got, err := w.Do(r)
	harness.Must(t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	harness.Must(t, err)
	return answer{got.StatusCode, got.Header, string(text)}
}

// lastSeen returns the last request that 4D got, and how many there were.
func (w *world) lastSeen() (last *http.Request, all int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.seen) == 0 {
		return nil, 0
	}
	return w.seen[len(w.seen)-1], len(w.seen)
}

func eachGateway(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	for _, p := range programs() {
		t.Run(p.name, func(t *testing.T) { test(t, newWorld(t, p)) })
	}
}

const entity = "/mobileapp/Employee"

// An accepted session gets through, with what sessiond says of it in the place of what the
// client says of itself; nobody else does.
func TestGateways(t *testing.T) {
	eachGateway(t, func(t *testing.T, w *world) {
		spoofed := http.Header{"X-Sessiond-Email": {"root@example.com"}, "X-Sessiond-Level": {"admin"}}
		got := w.ask(t, http.MethodPost, entity+"?$filter=a%20b", "anna", "some content", spoofed)
		if want := "4D has POST " + entity + "?$filter=a%20b some content"; got.status != http.StatusOK || got.body != want {
			t.Errorf("an accepted session gets %d %s", got.status, got.body)
		}
		want := map[string]string{
			"X-Sessiond-App": app, "X-Sessiond-Application": app[11:], "X-Sessiond-Team": app[:10],
			"X-Sessiond-Email": "zo%C3%AB@example.com", "X-Sessiond-Device": "D-1", "X-Sessiond-Status": "accepted",
		}
		last, _ := w.lastSeen()
		says := map[string]string{}
		for name, values := range last.Header {
			if strings.HasPrefix(name, "X-Sessiond-") && name != "X-Sessiond-Level" {
				says[name] = strings.Join(values, ", ")
			}
		}
		if diff := cmp.Diff(want, says); diff != "" {
			t.Errorf("4D is told (-want +got):\n%s", diff)
		}

		_, before := w.lastSeen()
		for _, test := range []struct {
			name   string
			status int
			code   string
		}{{"ben", 403, "1906"}, {"nobody", 401, "1907"}, {"", 401, "1907"}} {
			got := w.ask(t, http.MethodGet, entity, test.name, "", nil)
			if got.status != test.status || !strings.Contains(got.body, `"errCode":`+test.code) {
				t.Errorf("%q gets %d %s, want %d", test.name, got.status, got.body, test.status)
			}
			if test.status == http.StatusUnauthorized && !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer ") {
				t.Errorf("%q is told to authenticate by %q", test.name, got.header.Get("WWW-Authenticate"))
			}
		}
		// Other spellings of what is let through are not.
		for _, path := range []string{
			"/mobileapp//$authenticate", "/mobileapp/%24authenticate", "/mobileapp/$authenticate/", "/mobileapp/$authenticate/../Employee",
			"/mobileapp/$authenticate%2f..%2fEmployee", "/mobileapp/./Employee", "//mobileapp/Employee", "/MobileApp/Employee", "/%6dobileapp/Employee",
			"/mobileapp/x?/mobileapp/$authenticate", "/rest/Employee", "/4DACTION/x", "/",
		} {
			if got := w.ask(t, http.MethodGet, path, "", "", nil); got.status != http.StatusUnauthorized && got.status != http.StatusNotFound && got.status != http.StatusBadRequest {
				t.Errorf("%s without a token gets %d %s", path, got.status, got.body)
			}
		}
		if _, after := w.lastSeen(); after != before {
			t.Errorf("%d requests reached 4D that should not", after-before)
		}
		// What has to reach 4D does, with and without a session, and is told nothing.
		for _, name := range []string{"", "ben", "nobody"} {
			for path, method := range map[string]string{"/mobileapp/": http.MethodGet, "/mobileapp/$authenticate": http.MethodPost, "/mobileapp/$logout": http.MethodPost} {
				if got := w.ask(t, method, path, name, "{}", spoofed); got.status != http.StatusOK {
					t.Errorf("%s %s of %q gets %d %s", method, path, name, got.status, got.body)
				}
				if last, _ := w.lastSeen(); last.Header.Get("X-Sessiond-Email") != "" || last.RequestURI != path {
					t.Errorf("of %s, 4D is told %v", path, last.Header)
				}
			}
		}
	})
}

// A session that is revoked is denied with the next request on a connection that is open,
// and one that has just been made is let through with its first.
func TestRevocation(t *testing.T) {
	eachGateway(t, func(t *testing.T, w *world) {
		for n := range 10 {
			name := fmt.Sprint("guest", n)
			key := w.write(t, name)
			for range 3 {
				if got := w.ask(t, http.MethodGet, entity, name, "", nil); got.status != http.StatusOK {
					t.Fatalf("%s gets %d %s", name, got.status, got.body)
				}
			}
			harness.Must(t, os.Remove(harness.FileOf(w.root, key)))
			out, err := w.daemon.Command("refresh").CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if got := w.ask(t, http.MethodGet, entity, name, "", nil); got.status != http.StatusUnauthorized {
				t.Errorf("%s, who is revoked, gets %d %s", name, got.status, got.body)
			}
		}
	})
}

// Whoever tries a thousand tokens a second costs nobody a first log-in.
func TestRandomTokens(t *testing.T) {
	eachGateway(t, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		var random sync.WaitGroup
		var tried atomic.Int64
		began := time.Now()
		for i := range 8 {
			random.Go(func() {
				every := time.NewTicker(8 * time.Millisecond) // all together, 1,000 a second
				defer every.Stop()
				for n := 0; ctx.Err() == nil; n++ {
					<-every.C
					if got := w.ask(t, http.MethodGet, entity, fmt.Sprint("random", i, "-", n), "", nil); got.status != http.StatusUnauthorized {
						t.Errorf("a random token gets %d %s", got.status, got.body)
						return
					}
					tried.Add(1)
				}
			})
		}
		for n := range 30 {
			name := fmt.Sprint("login", n)
			w.write(t, name)
			if got := w.ask(t, http.MethodGet, entity, name, "", nil); got.status != http.StatusOK {
				t.Errorf("log-in %d gets %d %s", n, got.status, got.body)
			}
			for target := tried.Load() + 30; tried.Load() < target && !t.Failed(); {
				runtime.Gosched() // others try in between
			}
		}
		took := time.Since(began)
		cancel()
		random.Wait()
		t.Logf("%.0f random tokens a second", float64(tried.Load())/took.Seconds())
	})
}

// While the daemon is restarted, and while it is away, nobody is told to log in again.
func TestRestart(t *testing.T) {
	eachGateway(t, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		statuses := make(map[int]int)
		var asking sync.WaitGroup
		asking.Go(func() {
			every := time.NewTicker(time.Second / 50)
			defer every.Stop()
			for ctx.Err() == nil {
				<-every.C
				statuses[w.ask(t, http.MethodGet, entity, "anna", "", nil).status]++
			}
		})
		for range 3 {
			harness.Must(t, w.daemon.Stop())
			if got := w.ask(t, http.MethodGet, entity, "anna", "", nil); got.status != http.StatusServiceUnavailable && got.status != http.StatusBadGateway {
				t.Errorf("without the daemon, a session gets %d", got.status)
			}
			w.launch(t)
			if !harness.Eventually(func() bool { return w.ask(t, http.MethodGet, entity, "anna", "", nil).status == http.StatusOK }) {
				t.Error("a session is not let through again")
			}
		}
		// A start before the root is there.
		harness.Must(t, w.daemon.Stop())
		harness.Must(t, os.Rename(w.root, w.root+".away"))
		w.launch(t)
		for range 10 {
			if got := w.ask(t, http.MethodGet, entity, "anna", "", nil); got.status != http.StatusServiceUnavailable {
				t.Errorf("without the root, a session gets %d", got.status)
			}
		}
		harness.Must(t, os.Rename(w.root+".away", w.root))
		if !harness.Eventually(func() bool { return w.ask(t, http.MethodGet, entity, "anna", "", nil).status == http.StatusOK }) {
			t.Error("a session is not let through although the root is there")
		}
		cancel()
		asking.Wait()
		for status := range statuses {
			if status != http.StatusOK && status < 500 {
				t.Errorf("a session was told %d", status)
			}
		}
		if statuses[http.StatusOK] == 0 {
			t.Errorf("statuses are %v", statuses)
		}
	})
}
