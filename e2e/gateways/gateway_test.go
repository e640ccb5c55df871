//go:build gateways && unix

package gateways

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sessiond/e2e/harness"
)

// The addresses and paths of the examples, which a test has its own for.
const (
	exampleSocket = "/run/sessiond-check.sock"
	exampleFourd  = "127.0.0.1:8080"
	exampleListen = ":8081"
)

// program is a gateway, by the folder of its example.
type program struct {
	name string
	// files are those of its example.
	files []string
	// command returns how it is run over the files, which are in a folder.
	command func(t *testing.T, folder string) *exec.Cmd
	// more are what else stands for a test's own in the files.
	more []string
	// limit is how much one address may send, and more than any test does, which takes its
	// place where limited is false.
	limit   []string
	limited bool
}

func programs() []program {
	return []program{
		{
			name: "nginx", files: []string{"sessiond.conf"}, more: []string{"listen 8081", "listen LISTEN"},
			limit: []string{"rate=50r/s", "rate=100000r/s", "burst=100 ", "burst=100000 "},
			command: func(t *testing.T, folder string) *exec.Cmd {
				t.Helper()
				temporary := ""
				for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
					temporary += fmt.Sprintf("%s_temp_path %s/%s;\n", kind, folder, kind)
				}
				main := filepath.Join(folder, "nginx.conf")
				text := "daemon off; master_process off; pid " + folder + "/pid; error_log stderr;\nevents {}\nhttp {\naccess_log off;\n" +
					temporary + "include " + folder + "/sessiond.conf;\n}\n"
				harness.Must(t, os.WriteFile(main, []byte(text), 0o600))
				return exec.Command("nginx", "-p", folder, "-e", "stderr", "-c", main)
			},
		},
		{
			name: "caddy", files: []string{"Caddyfile"}, more: []string{":8081", ":PORT"},
			command: func(t *testing.T, folder string) *exec.Cmd {
				t.Helper()
				path := filepath.Join(folder, "Caddyfile")
				text, err := os.ReadFile(path)
				harness.Must(t, err)
				harness.Must(t, os.WriteFile(path, append([]byte("{\n\tadmin off\n\tdefault_bind 127.0.0.1\n}\n"), text...), 0o600))
				cmd := exec.Command("caddy", "run", "--adapter", "caddyfile", "--config", path)
				cmd.Env = append(os.Environ(), "HOME="+folder, "XDG_DATA_HOME="+folder, "XDG_CONFIG_HOME="+folder)
				return cmd
			},
		},
		{
			name: "haproxy", files: []string{"haproxy.cfg", "sessiond.lua"},
			more:  []string{"bind :8081", "bind LISTEN", "/etc/haproxy", "FOLDER"},
			limit: []string{"gpc0_rate gt 50", "gpc0_rate gt 1000000"},
			command: func(t *testing.T, folder string) *exec.Cmd {
				t.Helper()
				return exec.Command("haproxy", "-db", "-f", filepath.Join(folder, "haproxy.cfg"))
			},
		},
		{
			name: "apache", files: []string{"sessiond.conf", "sessiond.lua"},
			more:  []string{"Listen 8081", "Listen LISTEN", ":8081", ":PORT", "/etc/apache2", "FOLDER"},
			limit: []string{"most, counters = 50", "most, counters = 1000000"},
			command: func(t *testing.T, folder string) *exec.Cmd {
				t.Helper()
				text := "ServerName localhost\nServerRoot " + folder + "\nPidFile pid\nErrorLog /dev/stderr\nMutex pthread\n"
				for _, module := range []string{"mpm_event", "authz_core", "lua", "proxy", "proxy_http", "headers"} {
					text += fmt.Sprintf("LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n", module, module)
				}
				main := filepath.Join(folder, "apache2.conf")
				harness.Must(t, os.WriteFile(main, []byte(text+"Include sessiond.conf\n"), 0o600))
				return exec.Command("apache2", "-D", "ONE_PROCESS", "-f", main)
			},
		},
	}
}

// start runs a gateway before a 4D server and a socket of sessiond, and returns its
// address.
func (p program) start(t *testing.T, socket, fourd string) string {
	t.Helper()
	folder := harness.ShortFolder(t)
	listen := freeAddress(t)
	_, port, err := net.SplitHostPort(listen)
	harness.Must(t, err)
	changes := append([]string{exampleSocket, socket, exampleFourd, fourd}, p.more...)
	if !p.limited {
		changes = append(changes, p.limit...)
	}
	for _, name := range p.files {
		text, err := os.ReadFile(filepath.Join("../../examples/gateways", p.name, name))
		harness.Must(t, err)
		changed := strings.NewReplacer(changes...).Replace(string(text))
		changed = strings.NewReplacer("LISTEN", listen, "PORT", port, "FOLDER", folder).Replace(changed)
		if strings.Contains(changed, exampleSocket) || strings.Contains(changed, exampleListen) {
			t.Fatalf("%s names the places of the example:\n%s", name, changed)
		}
		harness.Must(t, os.WriteFile(filepath.Join(folder, name), []byte(changed), 0o600))
	}
	log, err := os.Create(filepath.Join(folder, "log"))
	harness.Must(t, err)
	cmd := p.command(t, folder)
	cmd.Stdout, cmd.Stderr = log, log
	harness.Must(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		<-ended
		log.Close()
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("%s says:\n%s", p.name, text)
		}
	})
	if !harness.Eventually(func() bool {
		answer, err := http.Get("http://" + listen + "/elsewhere")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusNotFound
	}) {
		t.Fatalf("%s does not answer", p.name)
	}
	return listen
}

// freeAddress returns an address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	harness.Must(t, err)
	defer ln.Close()
	return ln.Addr().String()
}
