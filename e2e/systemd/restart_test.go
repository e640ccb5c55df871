//go:build systemd && linux

package systemd

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sessiond/e2e/harness"
)

// clients ask the machine's daemon one question after another, each on a new
// connection, until stop is called.
type clients struct {
	answered, refused, cutOff atomic.Int64

	fault atomic.Pointer[error]
	stop  func()
}

func (m *machine) ask(n int) *clients {
	c := &clients{}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{}, n)
	for range n {
		go func() {
			defer func() { ended <- struct{}{} }()
			for ctx.Err() == nil {
				c.once(m)
			}
		}()
	}
	c.stop = func() {
		cancel()
		for range n {
			<-ended
		}
	}
	return c
}

func (c *clients) once(m *machine) {
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			conn, err := net.DialTimeout("unix", m.socket(), harness.Patience)
			if err != nil {
				c.refused.Add(1)
				c.fault.Store(&err)
			}
			return conn, err
		},
	}
	client := http.Client{Transport: transport, Timeout: harness.Patience}
	answer, err := client.Get("http://sessiond/v1/status")
	switch {
	case err != nil:
		c.cutOff.Add(1)
		c.fault.CompareAndSwap(nil, &err)
	default:
		answer.Body.Close()
		c.answered.Add(1)
	}
}

func (c *clients) String() string {
	text := fmt.Sprintf("%d answered, %d refused, %d cut off", c.answered.Load(), c.refused.Load(), c.cutOff.Load())
	if err := c.fault.Load(); err != nil {
		text += ": " + (*err).Error()
	}
	return text
}

// restarted waits until another process than pid is the daemon and is ready.
func (m *machine) restarted(pid string) {
	m.t.Helper()
	m.until("the service runs again", func() bool {
		return m.property("sessiond", "MainPID") != pid && m.property("sessiond", "SubState") == "running"
	})
}

// However the daemon ends, it is there again, with its sessions, and nobody was
// turned away meanwhile.
func TestSystemdRestart(t *testing.T) {
	m := withService(t)
	before := m.must("sessiond", "list", "--output", "json")
	for _, signal := range []string{"KILL", "QUIT"} { // the second ends it with 2, as a panic does
		t.Run(signal, func(t *testing.T) {
			m := m.in(t)
			c := m.ask(4)
			pid := m.property("sessiond", "MainPID")
			m.shell("kill -" + signal + " " + pid)
			m.restarted(pid)
			answered := c.answered.Load()
			m.until("the clients get answers again", func() bool { return c.answered.Load() > answered+8 })
			c.stop()
			// Those whose request was being answered were cut off.
			if c.refused.Load() > 0 || c.cutOff.Load() > 4 {
				t.Errorf("clients: %s", c)
			}
			if got := m.must("sessiond", "list", "--output", "json"); sessionsOf(got) != sessionsOf(before) {
				t.Errorf("the sessions are\n%s\nand were\n%s", got, before)
			}
		})
	}
	t.Run("systemctl restart", func(t *testing.T) {
		m := m.in(t)
		c := m.ask(4)
		m.must("sessiond", "service", "restart")
		answered := c.answered.Load()
		m.until("the clients get answers again", func() bool { return c.answered.Load() > answered+8 })
		c.stop()
		if c.refused.Load()+c.cutOff.Load() > 0 {
			t.Errorf("clients: %s", c)
		}
	})
	t.Run("asking starts it", func(t *testing.T) {
		m := m.in(t)
		m.must("systemctl", "stop", "sessiond.service")
		if got := m.property("sessiond", "ActiveState"); got != "inactive" {
			t.Errorf("the stopped service is %s", got)
		}
		m.must("sessiond", "status")
	})
}

// sessionsOf returns what a list says but for the epoch, times and revisions, which differ
// from run to run.
func sessionsOf(list string) string {
	var kept []string
	for line := range strings.Lines(list) {
		if !strings.Contains(line, "evision") && !strings.Contains(line, "loadedAt") && !strings.Contains(line, `"epoch"`) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// A daemon that gets on is left alone; one that is stuck is started again.
func TestSystemdWatchdog(t *testing.T) {
	m := withProgram(t, debian12)
	m.write("/etc/systemd/system/sessiond.service.d/watchdog.conf", "[Service]\nWatchdogSec=2s\n")
	m.must("sessiond", "service", "install", "--root", machineRoot)
	m.must("sessiond", "service", "start")
	fed := make(map[string]bool)
	m.until("the watchdog was fed for longer than it is patient", func() bool {
		fed[m.property("sessiond", "WatchdogTimestamp")] = true
		fed[m.property("sessiond", "WatchdogTimestampMonotonic")] = true
		return len(fed) > 8
	})
	if got := m.property("sessiond", "NRestarts"); got != "0" {
		t.Fatalf("it was restarted %s times while it was well", got)
	}
	pid := m.property("sessiond", "MainPID")
	began := time.Now()
	m.shell("kill -STOP " + pid)
	m.restarted(pid)
	t.Logf("it runs again %v after it was stopped", time.Since(began).Round(100*time.Millisecond))
	if got := m.must("journalctl", "--unit=sessiond", "--output=cat"); !strings.Contains(got, "Watchdog timeout") {
		t.Errorf("the journal does not tell of the watchdog:\n%s", got)
	}
	m.must("sessiond", "status")
}
