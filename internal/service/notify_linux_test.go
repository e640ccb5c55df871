package service

import (
	"net"
	"path/filepath"
	"regexp"
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

func TestNotifyWithoutSystemd(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	n := Notify{}
	for _, err := range []error{n.Ready(), n.Reloading(), n.Stopping(), n.Status("x")} {
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
