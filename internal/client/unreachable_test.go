//go:build unix

package client_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sessiond/internal/client"
	"sessiond/internal/control/socket/sockettest"
	"sessiond/internal/session"
)

func TestUnreachable(t *testing.T) {
	stale := sockettest.Path(t)
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: stale, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	ln.SetUnlinkOnClose(false)
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	file := sockettest.Path(t)
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	missing := sockettest.Path(t)
	for path, want := range map[string]string{
		missing:                        "start the daemon",
		filepath.Join(missing, "s"):    "start the daemon",
		stale:                          "start it again",
		file:                           "nobody listens",
		"/" + strings.Repeat("x", 200): "longer than the system allows",
	} {
		c := client.New(path)
		asked := map[string]error{}
		_, asked["Refresh"] = c.Refresh(t.Context())
		_, asked["OpenAll"] = c.OpenAll(t.Context())
		_, asked["Open"] = c.Open(t.Context(), session.Key{App: "a.b", ID: "c"})
		_, asked["Status"] = c.Status(t.Context())
		_, asked["Apps"] = c.Apps(t.Context())
		_, asked["Sessions"] = c.Sessions(t.Context(), client.Query{})
		_, asked["Session"] = c.Session(t.Context(), session.Key{App: "a.b", ID: "c"})
		asked["Events"] = c.Events(t.Context(), nil, func(session.Event) error { return nil })
		for name, err := range asked {
			if !errors.Is(err, client.ErrUnreachable) {
				t.Errorf("%s at %q = %v, want ErrUnreachable", name, path, err)
				continue
			}
			if !strings.HasPrefix(err.Error(), "cannot reach the daemon at ") || !strings.Contains(err.Error(), want) {
				t.Errorf("%s at %q = %v, want to be told %q", name, path, err, want)
			}
		}
		c.Close()
	}
}
