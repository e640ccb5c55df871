package check

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
)

// Traefik and Envoy are held to their documents here: they are not run, since no package of
// theirs is at hand. What the documents say of each stands above its test.

// rulesWorld serves one accepted and one pending session.
func rulesWorld(t *testing.T) (address string) {
	t.Helper()
	pending := sessiontest.New(session.Key{App: key().App, ID: "pending"}, session.StatusPending, sessiontest.Typical().Details())
	w := newWorld(typical(session.StatusAccepted), pending)
	w.files.find = func(key session.Key) (bool, error) {
		if key.ID == "away" {
			return false, os.ErrPermission
		}
		return false, nil
	}
	return w.serve(t)
}

// cases are the tokens of all answers, with the status of these.
func cases() map[string]int {
	return map[string]int{
		"Bearer " + published:                             http.StatusOK,
		"Bearer " + tokenOf(application, "pending", team): http.StatusForbidden,
		"":           http.StatusUnauthorized,
		"Bearer x":   http.StatusUnauthorized,
		"Basic YTpi": http.StatusUnauthorized,
		"Bearer " + tokenOf(application, "nobody", team): http.StatusUnauthorized,
		"Bearer " + tokenOf(application, "away", team):   http.StatusServiceUnavailable,
	}
}

// ours are the headers of an answer that lets a request through, for 4D.
func ours(header http.Header) []string {
	names := slices.Collect(maps.Keys(header))
	names = slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, "X-Sessiond-") })
	slices.Sort(names)
	return names
}

func example[T any](t *testing.T, file string) (read T) {
	t.Helper()
	text, err := os.ReadFile("../../examples/gateways/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

// Traefik asks with GET and without the body, with those headers of the request that are
// listed and X-Forwarded-* of its own. What is 2xx lets through, with the listed headers of
// the answer in the place of a client's own; any other answer goes to the client as it is.
func TestTraefik(t *testing.T) {
	conf := example[struct {
		HTTP struct {
			Middlewares map[string]struct {
				ForwardAuth struct {
					Address             string   `yaml:"address"`
					TrustForwardHeader  bool     `yaml:"trustForwardHeader"`
					ForwardBody         bool     `yaml:"forwardBody"`
					AuthRequestHeaders  []string `yaml:"authRequestHeaders"`
					AuthResponseHeaders []string `yaml:"authResponseHeaders"`
				} `yaml:"forwardAuth"`
				Headers struct {
					CustomRequestHeaders map[string]string `yaml:"customRequestHeaders"`
				} `yaml:"headers"`
			} `yaml:"middlewares"`
		} `yaml:"http"`
	}](t, "traefik/sessiond.yaml")
	auth := conf.HTTP.Middlewares["sessiond"].ForwardAuth
	asked, err := url.Parse(auth.Address)
	if err != nil || asked.Path != path || auth.ForwardBody || auth.TrustForwardHeader || !slices.Equal(auth.AuthRequestHeaders, []string{"Authorization"}) {
		t.Errorf("the example asks by %+v (%v)", auth, err)
	}
	asked.Host = rulesWorld(t)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	for authorization, status := range cases() {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, asked.String(), http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{
			"Authorization": authorization, "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Host": "apps.example.com", "X-Forwarded-Proto": "https",
			"X-Forwarded-Method": "POST", "X-Forwarded-Uri": "/mobileapp/Employee?$filter=a%20b",
		} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != status || (len(body) == 0) != (status == http.StatusOK) || answer.Header.Get("Location") != "" {
			t.Errorf("%q gets %d %s (%v), want %d", authorization, answer.StatusCode, body, err, status)
		}
		if status != http.StatusOK {
			continue
		}
		slices.Sort(auth.AuthResponseHeaders)
		if diff := cmp.Diff(ours(answer.Header), auth.AuthResponseHeaders); diff != "" {
			t.Errorf("headers of an answer, and those that the example passes on (-want +got):\n%s", diff)
		}
		removed := slices.Sorted(maps.Keys(conf.HTTP.Middlewares["sessiond-clean"].Headers.CustomRequestHeaders))
		if diff := cmp.Diff(ours(answer.Header), removed); diff != "" {
			t.Errorf("headers of an answer, and those that the example removes first (-want +got):\n%s", diff)
		}
	}
}

// Envoy asks with the method of the request and its path below the prefix, without the body:
// Content-Length is 0. Only 200 lets through; 5xx is an error, for which it has a status
// of its own, 403 where it is not told; anything else goes to the client with the listed
// headers.
func TestEnvoy(t *testing.T) {
	text, err := os.ReadFile("../../examples/gateways/envoy/envoy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	example[map[string]any](t, "envoy/envoy.yaml") // it is YAML
	for _, line := range []string{"path_prefix: " + path, "status_on_error: { code: ServiceUnavailable }", "{ prefix: x-sessiond-,", "{ exact: www-authenticate,"} {
		if !strings.Contains(string(text), line) {
			t.Errorf("the example has no %q", line)
		}
	}
	if strings.Contains(string(text), "failure_mode_allow") {
		t.Error("the example lets through what cannot be checked")
	}
	address := rulesWorld(t)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	var says []string // of what is let through
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"} {
		for _, of := range []string{"/mobileapp/Employee?$filter=a%20b", "/mobileapp/", "/", "/mobileapp//x/..%2f", "/mobileapp/?", "/%E9"} {
			for authorization, status := range cases() {
				fmt.Fprintf(conn, "%s %s%s HTTP/1.1\r\nhost: apps.example.com\r\ncontent-length: 0\r\n", method, path, of)
				if authorization != "" {
					fmt.Fprintf(conn, "authorization: %s\r\n", authorization)
				}
				fmt.Fprint(conn, "x-envoy-internal: true\r\nx-forwarded-for: 192.0.2.7\r\n\r\n")
				answer, err := http.ReadResponse(answers, &http.Request{Method: method})
				if err != nil {
					t.Fatal(err)
				}
				if status == http.StatusOK {
					says = ours(answer.Header)
				}
				_, err = io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				if err != nil || answer.StatusCode != status || answer.Close {
					t.Errorf("%s %s of %q gets %d, at the end of the connection %t (%v); want %d", method, of, authorization, answer.StatusCode, answer.Close, err, status)
				}
			}
		}
	}
	if len(says) == 0 {
		t.Error("nothing is let through")
	}
	for _, name := range says {
		if !strings.Contains(string(text), "- "+strings.ToLower(name)+"\n") {
			t.Errorf("the example does not remove a client's %s where it asks nobody", name)
		}
	}
}
