//go:build unix

package notify

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

const secret = "open-sesame"

// request is the body of a request.
type request struct {
	Epoch    session.Epoch   `json:"epoch"`
	Revision uint64          `json:"revision"`
	Updated  int             `json:"updated"`
	Removed  int             `json:"removed"`
	Trigger  session.Trigger `json:"trigger"`
}

// server stands in for a 4D server with sessions in memory.
type server struct {
	*httptest.Server
	root string
	// seen is where the server sees the file system, if not as this process does.
	seen string

	mu       sync.Mutex
	memory   map[string]string // content by path below the root
	requests []request
	status   int // of its answers
}

// newServer starts a server that restores its sessions from the files of a root.
func newServer(t *testing.T, root string) *server {
	t.Helper()
	s := &server{root: root, memory: map[string]string{}, status: http.StatusOK}
	files, err := filepath.Glob(filepath.Join(root, "*.*", "*"))
	harness.Must(t, err)
	for _, path := range files {
		data, err := os.ReadFile(path)
		harness.Must(t, err)
		s.memory[path] = string(data)
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.answer(t, w, r) }))
	t.Cleanup(s.Close)
	return s
}

func (s *server) answer(t *testing.T, w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	var got request
	if err == nil {
		err = json.Unmarshal(body, &got, json.RejectUnknownMembers(true))
	}
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Authorization") != "Bearer "+secret {
		t.Errorf("the server was asked %s %q: %v", r.Method, body, err)
	}
	s.requests = append(s.requests, got)
	if s.status != http.StatusOK {
		w.WriteHeader(s.status)
		return
	}
	_, _ = io.WriteString(w, `{"errors":[`+s.refresh()+`]}`)
}

// refresh does what MOBILE APP REFRESH SESSIONS does, and returns its errors.
func (s *server) refresh() string {
	var failed []string
	for path := range s.memory {
		data, err := os.ReadFile(s.seen + path)
		switch {
		case err != nil:
			delete(s.memory, path)
		case !strings.HasSuffix(strings.TrimSpace(string(data)), "}"):
			failed = append(failed, `{"errCode":2,"message":"The json file is not correctly formed","componentSignature":"mobi"}`)
			delete(s.memory, path)
		default:
			s.memory[path] = string(data)
		}
	}
	return strings.Join(failed, ",")
}

// has reports whether a session is in memory, with a text in its content.
func (s *server) has(key session.Key, text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	content, ok := s.memory[harness.FileOf(s.root, key)]
	return ok && strings.Contains(content, text)
}

// asked returns how often it was asked, and the last request.
func (s *server) asked() (int, request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.requests) == 0 {
		return 0, request{}
	}
	return len(s.requests), s.requests[len(s.requests)-1]
}

// makes has the server take a session into memory whose file is there.
func (s *server) makes(t *testing.T, key session.Key) {
	t.Helper()
	path := harness.FileOf(s.root, key)
	data, err := os.ReadFile(path)
	harness.Must(t, err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.memory[path] = string(data)
}

func (s *server) answerWith(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = status
}

// launch runs a daemon that tells the server, and stops it when the test ends.
func (s *server) launch(t *testing.T, args ...string) *harness.Daemon {
	t.Helper()
	d := s.begin(t, args...)
	t.Cleanup(func() { harness.Must(t, d.Stop()) })
	return d
}

// begin runs a daemon that tells the server. Its address is none that programs take for
// the machine itself, so that they would use the proxy that the environment names.
func (s *server) begin(t *testing.T, args ...string) *harness.Daemon {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret")
	harness.Must(t, os.WriteFile(file, []byte(secret+"\n"), 0o600))
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") }))
	t.Cleanup(proxy.Close)
	url := strings.Replace(s.URL, "127.0.0.1", "0.0.0.0", 1) + "/sessiond/?a=b"
	setting := harness.Setting{Env: []string{"HTTP_PROXY=" + proxy.URL, "http_proxy=" + proxy.URL, "ALL_PROXY=" + proxy.URL}}
	d := setting.Begin(t, s.root, append([]string{
		"--notify-url", url, "--notify-secret-file", file, "--notify-insecure=on", "--notify-interval=100ms", "--resync=0",
	}, args...)...)
	harness.Must(t, d.AwaitReady())
	return d
}
