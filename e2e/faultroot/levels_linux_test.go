//go:build root

package faultroot

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/go-json-experiment/json"
	"golang.org/x/sys/unix"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// Users and groups of these tests. No account needs to have them.
const (
	stranger   = 54001
	daemonUser = 54002
	admins     = 54100
)

// person is who asks.
type person struct {
	uid, gid int
	groups   []int
}

func (p person) credential() *syscall.Credential {
	groups := make([]uint32, len(p.groups))
	for i, id := range p.groups {
		groups[i] = uint32(id)
	}
	return &syscall.Credential{Uid: uint32(p.uid), Gid: uint32(p.gid), Groups: groups}
}

// run runs a command of the built client as this person.
func (p person) run(t *testing.T, socket string, args ...string) (status int, out, problems string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), harness.Patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sessiond", append(args, "--socket", socket)...)
	cmd.Dir, cmd.Env = "/", []string{"SESSIOND_CONFIG=" + os.DevNull}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.credential()}
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// dial connects as this person. The thread that did so is not used again.
func (p person) dial(socket string) (conn net.Conn, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		conn, err = p.become(socket)
	}()
	<-done
	return conn, err
}

func (p person) become(socket string) (net.Conn, error) {
	groups := make([]uint32, max(1, len(p.groups)))
	for i, id := range p.groups {
		groups[i] = uint32(id)
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(p.groups)), uintptr(unsafe.Pointer(&groups[0])), 0); errno != 0 {
		return nil, errno
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESGID, uintptr(p.gid), uintptr(p.gid), uintptr(p.gid)); errno != 0 {
		return nil, errno
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, uintptr(p.uid), uintptr(p.uid), uintptr(p.uid)); errno != 0 {
		return nil, errno
	}
	return net.Dial("unix", socket)
}

// client asks as this person, on a new connection each time.
func (p person) client(socket string) *http.Client {
	return &http.Client{Timeout: harness.Patience, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(context.Context, string, string) (net.Conn, error) { return p.dial(socket) },
	}}
}

// me asks who this person is to the daemon.
func (p person) me(t *testing.T, socket string) api.Me {
	t.Helper()
	answer, err := p.client(socket).Get("http://sessiond/v1/me")
	harness.Must(t, err)
	defer answer.Body.Close()
	var me api.Me
	harness.Must(t, json.UnmarshalRead(answer.Body, &me))
	return me
}

// openSocket returns a path where everybody may connect to a socket of mode 0666.
func openSocket(t *testing.T, owner int) string {
	t.Helper()
	folder := openFolder(t)
	harness.Must(t, os.Chown(folder, owner, owner))
	return filepath.Join(folder, "s")
}

// TestLevels asks a daemon as several users, each with groups of their own. Only
// administrators open sessions and have many removed at once.
func TestLevels(t *testing.T) {
	const app = "com.example.a"
	many := make([]int, 200) // more than fit into what is asked for at first
	for i := range many {
		many[i] = 55000 + i
	}
	many[150] = admins
	for name, c := range map[string]struct {
		as    person
		args  []string
		admin bool
	}{
		"root":                           {as: person{}, admin: true},
		"a stranger":                     {as: person{uid: stranger, gid: stranger, groups: []int{4, 5}}},
		"a stranger in the group root":   {as: person{uid: stranger, gid: 0}},
		"a member by its own group":      {as: person{uid: stranger, gid: admins}, admin: true},
		"a member by another group":      {as: person{uid: stranger, gid: stranger, groups: []int{4, admins}}, admin: true},
		"a member by one of many groups": {as: person{uid: stranger, gid: stranger, groups: many}, admin: true},
		"the daemon's user":              {as: person{uid: daemonUser, gid: stranger}, admin: true},
		"the daemon's user, turned off":  {as: person{uid: daemonUser, gid: stranger}, args: []string{"--admin-self=off"}},
		"no group, one of number 0":      {as: person{uid: stranger, gid: 0, groups: []int{0}}, args: []string{"--admin-group="}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := filepath.Join(openFolder(t), "MobileApps")
			harness.Fill(t, root, app, 30)
			d := harness.Setting{
				Attr:   &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: daemonUser, Gid: daemonUser}},
				Socket: openSocket(t, daemonUser),
			}.Launch(t, root, append([]string{
				"--watch", "off", "--resync", "0", "--settle", "20ms", "--settle-many", "1h",
				"--socket-mode", "0666", "--admin-group", fmt.Sprint(admins),
			}, c.args...)...)
			d.Loads(t, 30)

			me := c.as.me(t, d.Socket)
			if me.UID == nil || *me.UID != c.as.uid || me.GID == nil || *me.GID != c.as.gid || (me.Level == "admin") != c.admin || me.Write.Enabled {
				t.Errorf("to the daemon, %+v is %+v", c.as, me)
			}

			// What looks is for everybody.
			if status, _, said := c.as.run(t, d.Socket, "list"); status != 0 {
				t.Errorf("list: status %d: %s", status, said)
			}
			key := harness.NthKey(app, 0).String()
			for _, args := range [][]string{{"open", key}, {"open", "--all"}, {"refresh", "--take-root"}} {
				status, _, said := c.as.run(t, d.Socket, args...)
				if c.admin && status != 0 {
					t.Errorf("%v: status %d: %s", args, status, said)
				}
				if !c.admin && (status != 1 || !strings.Contains(said, "only administrators may do this: ask as root")) {
					t.Errorf("%v: status %d: %s", args, status, said)
				}
			}

			// A refresh is, too, but who may only look has nobody logged out.
			for n := range 30 {
				harness.Must(t, os.Remove(harness.FileOf(root, harness.NthKey(app, n))))
			}
			_, said, _ := c.as.run(t, d.Socket, "refresh", "--output", "json")
			var report session.Report
			if err := json.Unmarshal([]byte(said), &report); err != nil {
				t.Fatalf("refresh: %s: %v", said, err)
			}
			if held := session.CountUnsettled(report.Unsettled).ManyGone; c.admin != (report.Removed == 30) || c.admin != (held == 0) {
				t.Errorf("a refresh removed %d and held back %d", report.Removed, held)
			}
			if status, _, said := (person{}).run(t, d.Socket, "refresh"); status != 0 {
				t.Errorf("a refresh by root: status %d: %s", status, said)
			}
			d.Loads(t, 0)
		})
	}
}

// TestNobodyIsNoAdministrator runs a daemon as the user who stands for all those whom a
// user name space does not have.
func TestNobodyIsNoAdministrator(t *testing.T) {
	root := filepath.Join(openFolder(t), "MobileApps")
	harness.Fill(t, root, "com.example.a", 1)
	d := harness.Setting{Attr: asNobody(), Socket: openSocket(t, harness.Nobody)}.
		Launch(t, root, "--socket-mode", "0666", "--admin-group", fmt.Sprint(harness.Nobody))
	if me := (person{uid: harness.Nobody, gid: harness.Nobody}).me(t, d.Socket); me.Level != "read" {
		t.Errorf("to the daemon, nobody is %+v", me)
	}
}

// TestProxyLendsItsLevel asks through a proxy: to the daemon, everybody behind it is the
// proxy.
func TestProxyLendsItsLevel(t *testing.T) {
	root := filepath.Join(openFolder(t), "MobileApps")
	harness.Fill(t, root, "com.example.a", 1)
	d := harness.Setting{Socket: openSocket(t, 0)}.Launch(t, root, "--socket-mode", "0666", "--admin-group", fmt.Sprint(admins))
	for name, c := range map[string]struct {
		proxy person
		level string
	}{
		"of root":       {person{}, "admin"},
		"of a member":   {person{uid: daemonUser, gid: daemonUser, groups: []int{admins}}, "admin"},
		"of a stranger": {person{uid: stranger, gid: stranger}, "read"},
	} {
		t.Run(name, func(t *testing.T) {
			front := openSocket(t, 0)
			ln, err := net.Listen("unix", front)
			harness.Must(t, err)
			harness.Must(t, os.Chmod(front, 0o666))
			defer ln.Close()
			go func() {
				for {
					client, err := ln.Accept()
					if err != nil {
						return
					}
					go relay(client, func() (net.Conn, error) { return c.proxy.dial(d.Socket) })
				}
			}()
			// Root does not help who is behind a stranger's proxy.
			for _, behind := range []person{{}, {uid: stranger, gid: stranger}} {
				if me := behind.me(t, front); me.Level != c.level || *me.UID != c.proxy.uid {
					t.Errorf("%+v is %+v, want %s as user %d", behind, me, c.level, c.proxy.uid)
				}
			}
		})
	}
}

// relay passes on what both sides say.
func relay(client net.Conn, dial func() (net.Conn, error)) {
	defer client.Close()
	server, err := dial()
	if err != nil {
		return
	}
	defer server.Close()
	go func() { _, _ = io.Copy(server, client) }()
	_, _ = io.Copy(client, server)
}
