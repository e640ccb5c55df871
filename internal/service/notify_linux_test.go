package service

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// listen is systemd's end of the notification socket.
func listen(t *testing.T) *net.UnixConn {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return conn
}

func TestNotify(t *testing.T) {
	for name, test := range map[string]struct {
		send func(Notify) error
		want string
	}{
		"ready":              {Notify.Ready, `^READY=1$`},
		"reloading":          {Notify.Reloading, `^RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]+$`},
		"more time":          {func(n Notify) error { return n.Extend(90 * time.Second) }, `^EXTEND_TIMEOUT_USEC=90000000$`},
		"alive":              {Notify.Watchdog, `^WATCHDOG=1$`},
		"stopping":           {Notify.Stopping, `^STOPPING=1$`},
		"status":             {func(n Notify) error { return n.Status("12 sessions, 2 rejected") }, `^STATUS=12 sessions, 2 rejected$`},
		"a smuggled message": {func(n Notify) error { return n.Status("x\nMAINPID=1\x00") }, `^STATUS=x MAINPID=1 $`},
	} {
		t.Run(name, func(t *testing.T) {
			conn := listen(t)
			if err := test.send(Notify{}); err != nil {
				t.Fatal(err)
			}
			if err := conn.SetReadDeadline(time.Now().Add(deadline)); err != nil {
				t.Fatal(err)
			}
			buf := make([]byte, 4096)
			n, err := conn.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(buf[:n]); !regexp.MustCompile(test.want).MatchString(got) {
				t.Errorf("systemd was told %q, want %s", got, test.want)
			}
		})
	}
}

func TestWatchdogInterval(t *testing.T) {
	for name, test := range map[string]struct {
		usec, pid string
		want      time.Duration
	}{
		"nobody waits": {"", "", 0},
		"for us":       {"30000000", strconv.Itoa(os.Getpid()), 30 * time.Second},
		"for anybody":  {"30000000", "", 30 * time.Second},
		"for a parent": {"30000000", strconv.Itoa(os.Getppid()), 0},
		"not a number": {"soon", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("WATCHDOG_USEC", test.usec)
			t.Setenv("WATCHDOG_PID", test.pid)
			if got := (Notify{}).WatchdogInterval(); got != test.want {
				t.Errorf("the interval is %v, want %v", got, test.want)
			}
		})
	}
}

func TestNotifyWithoutSystemd(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	n := Notify{}
	if n.Asked() {
		t.Error("nobody asks")
	}
	for _, err := range []error{n.Ready(), n.Reloading(), n.Stopping(), n.Status("x"), n.Extend(1), n.Watchdog()} {
		if err != nil {
			t.Error(err)
		}
	}
}

func TestNotifyTellsThatSystemdIsGone(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "none"))
	if err := (Notify{}).Ready(); err == nil {
		t.Error("a notification to nobody succeeded")
	}
}
