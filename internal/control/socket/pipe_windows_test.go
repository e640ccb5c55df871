package socket

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/windows"

	"sessiond/internal/access"
	"sessiond/internal/control/socket/sockettest"
)

func TestPipeIsForOneDaemon(t *testing.T) {
	path := sockettest.Path(t)
	first, err := Listen(Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	sockettest.PassInert(t, path)
	go func() { // who asks which process it is connects
		if conn, err := first.Accept(); err == nil {
			_ = conn.Close()
		}
	}()
	want := fmt.Sprintf("already in use by process %d", os.Getpid())
	if _, err := Listen(Config{Path: path}); !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), want) {
		t.Errorf("a second daemon gets %v, want %q", err, want)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := Listen(Config{Path: strings.ToUpper(path)})
	if err != nil {
		t.Fatalf("after the first has ended: %v", err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}

func TestPipeThatCannotBe(t *testing.T) {
	for path, want := range map[string]error{
		`\\.\pipe\`: ErrPath, `\\.\PIPE\a\b`: ErrPath, `\\.\pipe\a/b`: ErrPath,
	} {
		if _, err := Listen(Config{Path: path}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
	for _, group := range []string{"no such group here", "S-1-5-"} {
		if _, err := Listen(Config{Path: sockettest.Path(t), Group: group}); !errors.Is(err, ErrGroup) {
			t.Errorf("group %q: %v, want ErrGroup", group, err)
		}
	}
}

// The pipe has the list that it was made with, and refuses other machines.
func TestPipeIsClosedToOthers(t *testing.T) {
	const authenticatedUsers = "S-1-5-11"
	ln, err := Listen(Config{Path: sockettest.Path(t), Group: authenticatedUsers})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	sockettest.PassInert(t, ln.Addr().String())
	go func() { _, _ = ln.Accept() }()
	conn, err := dialLocally(ln.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	found, err := windows.GetSecurityInfo(windows.Handle(conn.(handled).Fd()), windows.SE_KERNEL_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		t.Fatal(err)
	}
	own, err := access.OwnSID()
	if err != nil {
		t.Fatal(err)
	}
	wanted, err := windows.SecurityDescriptorFromString(pipeDescriptor(own, authenticatedUsers))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := entriesOf(t, found), entriesOf(t, wanted); !slices.Equal(got, want) {
		t.Errorf("the pipe's list is\n%q, want\n%q", got, want)
	}
}

// entriesOf returns the entries of an access control list as text.
func entriesOf(t *testing.T, of *windows.SECURITY_DESCRIPTOR) []string {
	t.Helper()
	_, list, found := strings.Cut(of.String(), "D:")
	_, list, open := strings.Cut(list, "(")
	if !found || !open {
		t.Fatalf("there is no list in %q", of)
	}
	// The system turns generic rights into those of a pipe.
	return strings.Split(strings.NewReplacer("GA", "FA", ")", "", "0x1f01ff", "FA").Replace(list), "(")
}

// Who asks is known once something was read, and not before.
func TestPeerOfAPipe(t *testing.T) {
	ln := listenLocally(t)
	defer ln.Close()
	client, err := dialLocally(ln.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	send(t, client, "x")
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	got := access.PeerOf(conn)
	own, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if !got.Known || got.SID != own.Uid || got.PID != os.Getpid() || !strings.EqualFold(got.User(), own.Username) {
		t.Errorf("the client is %+v, %q, want %s, %q, process %d", got, got.User(), own.Uid, own.Username, os.Getpid())
	}
	if !slices.Contains(got.GroupSIDs, "S-1-1-0") {
		t.Errorf("the client's groups are %q, without everyone", got.GroupSIDs)
	}
	_ = conn.Close()
	if gone := access.PeerOf(conn); gone.Known {
		t.Errorf("after the connection was closed, the client is %+v", gone)
	}
}

// Whatever is there is read, and then comes the end, although the client is there and is
// answered; it is waited for until it goes.
func TestPipeClosedForReading(t *testing.T) {
	ln := listenLocally(t)
	defer ln.Close()
	client, err := dialLocally(ln.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ended := make(chan string, 1)
	go func() {
		all, _ := io.ReadAll(conn)
		ended <- string(all)
	}()
	if hasUnread(conn) {
		t.Error("something is unread before anything was sent")
	}
	if !closeRead(conn) {
		t.Fatal("it cannot be closed for reading")
	}
	if got := <-ended; got != "" {
		t.Errorf("read %q of a client that sent nothing", got)
	}
	send(t, client, "late")
	if !hasUnread(conn) {
		t.Error("what the client sent is not seen")
	}
	if all, err := io.ReadAll(conn); string(all) != "late" || err != nil {
		t.Errorf("read %q, %v", all, err)
	}
	send(t, conn, "answer")
	answer := make([]byte, len("answer"))
	if _, err := io.ReadFull(client, answer); err != nil || string(answer) != "answer" {
		t.Errorf("the client got %q, %v", answer, err)
	}
	gone := make(chan error, 1)
	go func() { gone <- awaitHangup(conn, func() bool { return false }) }()
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-gone; err != nil {
		t.Errorf("the end of the client is %v", err)
	}
}

// A client that takes nothing is told from one that is slow.
func TestPipeOfAClientThatDoesNotRead(t *testing.T) {
	ln := listenLocally(t)
	defer ln.Close()
	client, err := dialLocally(ln.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if !isWritable(conn) {
		t.Error("it counts as full before anything was sent")
	}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = conn.Write(make([]byte, 8*pipeBuffer))
	}()
	for isWritable(conn) { // until the system takes no more
		runtime.Gosched()
	}
	if isWritable(conn) {
		t.Error("the client has taken nothing meanwhile")
	}
	if _, err := io.ReadFull(client, make([]byte, 2*pipeBuffer)); err != nil {
		t.Fatal(err)
	}
	for !isWritable(conn) { // the write that was taken has yet to return
		runtime.Gosched()
	}
	_ = client.Close()
	<-sent
}
