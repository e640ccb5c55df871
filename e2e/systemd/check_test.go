//go:build systemd && linux

package systemd

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
)

// A gateway asks over a socket that systemd holds beside that of control: it waits while
// the daemon restarts, and is served nothing else.
func TestSystemdCheckSocket(t *testing.T) {
	m := withUnits(t)
	m.copyTree("../../examples/MobileApps", machineRoot)
	m.write("/etc/sessiond/config.yaml", "root: "+machineRoot+"\nadmit: follow\n")
	m.must("systemctl", "start", "sessiond-check.socket", "sessiond.service")
	if got := m.must("stat", "--format=%a %G %F", "/run/sessiond-check.sock"); got != "660 sessiond-check socket" {
		t.Errorf("the socket is %s", got)
	}
	path := fmt.Sprintf("/proc/%d/root/run/sessiond-check.sock", m.leader)
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}}
	defer client.CloseIdleConnections()
	file, err := os.ReadFile("../../examples/MobileApps/" + machineSession)
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(file), "eyJ")
	token, _, _ := strings.Cut(after, `"`)
	ask := func(path string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://check"+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer eyJ"+token)
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	if got := ask("/v1/check"); got != http.StatusOK {
		t.Errorf("a session is told %d", got)
	}
	if got := ask("/v1/status"); got != http.StatusServiceUnavailable {
		t.Errorf("what control serves is told %d", got)
	}
	m.must("sessiond", "status")
	m.must("systemctl", "stop", "sessiond.service")
	client.CloseIdleConnections()
	m.until("a session is accepted after a stop", func() bool {
		got := ask("/v1/check")
		if got != http.StatusOK && got != http.StatusServiceUnavailable {
			t.Fatalf("who asks after a stop is told %d", got)
		}
		return got == http.StatusOK
	})
	m.write("/etc/sessiond/config.yaml", "root: "+machineRoot+"\n")
	if r := m.run("systemctl", "restart", "sessiond.service"); r.Status == 0 {
		t.Error("a daemon that does not follow checks tokens")
	}
	if got := m.property("sessiond.service", "ExecMainStatus"); got != "78" {
		t.Errorf("it ended with %s", got)
	}
}
