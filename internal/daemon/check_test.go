package daemon

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/zap"

	"sessiond/internal/config"
	"sessiond/internal/control/socket"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/session"
)

// gateway asks a daemon about tokens as a gateway does.
type gateway struct {
	address string
	http.Client
}

// gatewayOf has a daemon check tokens.
func gatewayOf(t *testing.T, r *running) *gateway {
	t.Helper()
	ln, err := socket.ListenLoopback("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.check.Serve(ctx, ln) }()
	g := &gateway{address: ln.Addr().String()}
	t.Cleanup(func() {
		g.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v", err)
		}
	})
	return g
}

// ask returns the status of a check.
func (g *gateway) ask(t *testing.T, app, id string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+g.address+"/v1/check", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	team, app := app[:10], app[11:]
	token := fmt.Appendf(nil, `{"appNameID":%q,"id":%q,"teamID":%q}`, app, id, team)
	r.Header.Set("Authorization", "Bearer "+base64.RawStdEncoding.EncodeToString(token))
	answer, err := g.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

func (g *gateway) askAbout(t *testing.T, key session.Key) int {
	t.Helper()
	return g.ask(t, key.App, key.ID)
}

func following(s *config.Settings) { s.Admit = config.AdmitFollow }

// A file is found by the first check after it was made, although no event told of it, and
// whoever asks meanwhile about files that there are none of.
func TestCheckRightAfterLogin(t *testing.T) {
	r := start(t, func(root string) {
		passestest.Write(t, root, passestest.Key(0), passestest.Content(0, "a@example.com"))
	}, following)
	g := gatewayOf(t, r)
	var random sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	for i := range 4 {
		random.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if got := g.ask(t, passestest.Key(0).App, fmt.Sprint("random", i, n)); got != http.StatusUnauthorized {
					t.Errorf("a random token is told %d", got)
					return
				}
			}
		})
	}
	for n := range 50 {
		key := passestest.Key(n)
		if n > 0 {
			passestest.Write(t, r.root, key, passestest.Content(n, "a@example.com"))
		}
		if got := g.askAbout(t, key); got != http.StatusOK {
			t.Errorf("login %d is told %d", n, got)
		}
	}
	cancel()
	random.Wait()
	if err := os.Remove(filepath.Join(r.root, filepath.FromSlash(passestest.Key(7).String()))); err != nil {
		t.Fatal(err)
	}
	r.refresh(t)
	if got := g.askAbout(t, passestest.Key(7)); got != http.StatusUnauthorized {
		t.Errorf("a session that was deleted is told %d", got)
	}
	passestest.Write(t, r.root, passestest.Key(60), "{")
	if got := g.askAbout(t, passestest.Key(60)); got != http.StatusUnauthorized {
		t.Errorf("a session whose file is wrong is told %d", got)
	}
}

// Before there is anything to admit, nothing is known to be unknown.
func TestCheckBeforeThereIsARoot(t *testing.T) {
	for name, remove := range map[string]bool{"empty": false, "absent": true} {
		t.Run(name, func(t *testing.T) {
			r := start(t, func(root string) {
				if remove {
					os.Remove(root)
				}
			}, following)
			g := gatewayOf(t, r)
			if got := g.askAbout(t, passestest.Key(1)); got != http.StatusServiceUnavailable {
				t.Errorf("it is told %d", got)
			}
			passestest.Write(t, r.root, passestest.Key(1), passestest.Content(1, "a@example.com"))
			r.refresh(t)
			if got := g.askAbout(t, passestest.Key(1)); got != http.StatusOK {
				t.Errorf("with its file, it is told %d", got)
			}
			if got := g.askAbout(t, passestest.Key(2)); got != http.StatusUnauthorized {
				t.Errorf("another is told %d", got)
			}
		})
	}
}

// Where the root is another than the last pass saw, and where it cannot be read, only what
// is in memory is known.
func TestCheckWithoutTheRoot(t *testing.T) {
	r := start(t, func(root string) {
		passestest.Write(t, root, passestest.Key(1), passestest.Content(1, "a@example.com"))
	}, following)
	g := gatewayOf(t, r)
	if err := os.Rename(r.root, r.root+".away"); err != nil {
		t.Fatal(err)
	}
	told := func(when string, known, unknown int) {
		t.Helper()
		for key, want := range map[session.Key]int{passestest.Key(1): known, passestest.Key(2): unknown} {
			if got := g.askAbout(t, key); got != want {
				t.Errorf("%s, %s is told %d, want %d", when, key, got, want)
			}
		}
	}
	told("before a pass", http.StatusOK, http.StatusServiceUnavailable)
	if err := os.WriteFile(r.root, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r.refresh(t)
	told("with a root that cannot be read", http.StatusOK, http.StatusServiceUnavailable)
	if err := os.Remove(r.root); err != nil {
		t.Fatal(err)
	}
	r.refresh(t)
	told("after a refresh, which removes what is gone", http.StatusUnauthorized, http.StatusUnauthorized)
}

// The sockets that the service manager opens are for those who admit every session.
func TestCheckSocketNeedsFollow(t *testing.T) {
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(shortDir(t), "c"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for admit, fails := range map[string]bool{config.AdmitRestore: true, config.AdmitFollow: false} {
		file, err := ln.File()
		if err != nil {
			t.Fatal(err)
		}
		listeners, err := listenCheck(file, config.Settings{Admit: admit, CheckSocketMode: 0o660}, zap.NewNop())
		if errors.Is(err, config.ErrText) != fails || (err != nil) != fails {
			t.Errorf("with %s: %v", admit, err)
		}
		if err := closeAll(listeners); err != nil {
			t.Error(err)
		}
	}
}
