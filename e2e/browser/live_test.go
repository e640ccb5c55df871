//go:build browser && linux

package browser

import (
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"

	"sessiond/e2e/harness"
)

// The page says that the daemon has ended, and goes on by itself with the next one.
func TestDaemonRestarted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, office(t))
	p := newPage(t, look{})
	p.show(w.consoleProcess)
	p.visit(w, "sessions")
	h := mouse{p}
	h.press("checkbox", "Select Anna's iPhone.*")
	harness.Must(t, w.daemon.Stop())
	p.shows("cannot be reached")
	h.press("button", "Hold Anna's iPhone.*")
	p.find("dialog", "Not done.*")
	p.key("Escape")
	w.start(w.daemon.Socket)
	p.hides("cannot be reached")
	p.shows("1 selected")
	harness.Save(t, w.root, people()[0].key(), "changed@example.com")
	p.shows("changed@example.com")
	h.press("button", "Hold .*changed@example.com")
	w.says(0, `"pending"`)
}

// holdTrash has the page's next answer of the trash wait until release() is called.
const holdTrash = `(() => {
	const real = fetch;
	const held = new Promise((done) => { globalThis.release = () => { done(); return true; }; });
	globalThis.fetch = async (...call) => {
		const answer = await real(...call);
		if (call[0].startsWith("/v1/trash")) {
			globalThis.fetch = real;
			globalThis.read = true;
			await held;
		}
		return answer;
	};
	return true;
})()`

// Who is logged out while the trash is being read is in it, though the answer does not have
// them yet.
func TestTrashFills(t *testing.T) {
	t.Parallel()
	w := newWorld(t, office(t))
	p := newPage(t, look{})
	p.show(w.consoleProcess)
	eval[bool](p, holdTrash)
	mouse{p}.press("link", "Trash")
	p.until("the answer", "globalThis.read === true")
	harness.Must(t, w.daemon.Command("delete", "--yes", people()[4].key().String()).Run())
	p.find("button", "1 change.*")
	eval[bool](p, "release()")
	p.find("button", "Restore Warehouse 3.*")
}

// A connection that is cut, as proxies do to streams, loses no change and is no reason to
// say that anything is wrong.
func TestCutStream(t *testing.T) {
	t.Parallel()
	w := newWorld(t, office(t))
	cutter := newCutter(t, w.consoleProcess)
	p := newPage(t, look{})
	p.show(&consoleProcess{base: cutter.base, key: w.key})
	p.open(cutter.base + "#/sessions")
	p.find("link", "Anna's iPhone")
	for n, address := range []string{"first@example.com", "second@example.com", "third@example.com"} {
		cutter.cut()
		harness.Save(t, w.root, people()[n].key(), address)
		p.shows(address)
	}
}

// cutter passes connections on to a console until it cuts them.
type cutter struct {
	base  string
	mu    sync.Mutex
	conns []net.Conn
}

func newCutter(t testing.TB, c *consoleProcess) *cutter {
	t.Helper()
	to, err := url.Parse(c.base)
	harness.Must(t, err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	harness.Must(t, err)
	cut := &cutter{base: "http://" + ln.Addr().String() + "/"}
	t.Cleanup(func() { ln.Close(); cut.cut() })
	go func() {
		for {
			from, err := ln.Accept()
			if err != nil {
				return
			}
			there, err := net.Dial("tcp", to.Host)
			if err != nil {
				from.Close()
				return
			}
			cut.mu.Lock()
			cut.conns = append(cut.conns, from, there)
			cut.mu.Unlock()
			go func() { _, _ = io.Copy(there, from); there.Close() }()
			go func() { _, _ = io.Copy(from, there); from.Close() }()
		}
	}()
	return cut
}

// cut ends all connections.
func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		conn.Close()
	}
	c.conns = nil
}

// Who may only look is told so, with what to do, and is offered nothing else.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, office(t), "--admin-self", "off", "--socket-mode", "0666")
	p := newPage(t, look{})
	w.consoleProcess = startConsoleAsNobody(t, w)
	p.show(w.consoleProcess)
	p.visit(w, "sessions")
	p.shows("You can look, but not change anything")
	if names := strings.Join(p.names("button"), "\n"); strings.Contains(names, "Hold") || strings.Contains(names, "Log out") {
		t.Errorf("who may only look is offered\n%s", names)
	}
	for _, view := range []string{"trash", "audit"} {
		p.visit(w, view)
		p.shows("Only administrators may do this")
	}
}

// Where the daemon is to change no files, the page says so and offers nothing else.
func TestWriteOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, office(t), "--write", "off")
	p := newPage(t, look{})
	p.show(w.consoleProcess)
	p.visit(w, "pending")
	p.shows("sessiond changes no files here")
	p.gone("button", "Accept.*")
}
