//go:build systemd && linux

package systemd

import (
	"strings"
	"testing"
)

// The unit lets the daemon serve metrics within the machine, and read of its own
// process what they tell.
func TestSystemdMetrics(t *testing.T) {
	m := withService(t, "--metrics-listen", "127.0.0.1:9642")
	got := m.must("bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/9642; printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3; cat <&3`)
	for _, want := range []string{"200 OK", "\nsessiond_ready 1\n", "\nprocess_resident_memory_bytes ", "\nprocess_open_fds "} {
		if !strings.Contains(got, want) {
			t.Errorf("a scrape does not tell %q:\n%.1000s", want, got)
		}
	}
}
