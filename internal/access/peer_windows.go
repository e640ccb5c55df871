package access

import (
	"net"
	"os/user"
	"runtime"

	"golang.org/x/sys/windows"
)

// PeerOf returns who is at the other end of a connection. It is known where the connection
// is a pipe (Control has something done with its handle) over which something has been
// read: before that, the system does not let a server ask.
func PeerOf(c net.Conn) Peer {
	pipe, ok := c.(interface{ Control(do func(windows.Handle)) })
	if !ok {
		return Peer{}
	}
	var peer Peer
	pipe.Control(func(handle windows.Handle) {
		token, err := clientToken(handle)
		if err != nil {
			return
		}
		defer func() { _ = token.Close() }()
		peer = peerOf(token)
		var pid uint32
		if peer.Known && windows.GetNamedPipeClientProcessId(handle, &pid) == nil {
			peer.PID = int(pid)
		}
	})
	return peer
}

// clientToken returns the token of a pipe's client, which tells who that is. The system
// gives it to a thread that takes the place of the client for a moment. The client lets us
// know it and not act for it (the impersonation level is identification), and the daemon
// could not use more.
func clientToken(pipe windows.Handle) (token windows.Token, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		// A token is put upon a thread: until it is taken off, no other goroutine may
		// run there. Where that fails, the thread stays locked and ends with this one.
		runtime.LockOSThread()
		impersonate := windows.NewLazySystemDLL("advapi32.dll").NewProc("ImpersonateNamedPipeClient")
		if ok, _, failed := impersonate.Call(uintptr(pipe)); ok == 0 {
			runtime.UnlockOSThread()
			err = failed
			return
		}
		// As ourselves: the client's rights do not reach to its own token.
		err = windows.OpenThreadToken(windows.CurrentThread(), windows.TOKEN_QUERY, true, &token)
		if windows.RevertToSelf() == nil {
			runtime.UnlockOSThread()
		}
	}()
	<-done
	return token, err
}

// peerOf returns what a token tells.
func peerOf(token windows.Token) Peer {
	user, err := token.GetTokenUser()
	if err != nil {
		return Peer{}
	}
	groups, err := token.GetTokenGroups()
	if err != nil {
		return Peer{}
	}
	peer := Peer{Known: true, SID: user.User.Sid.String()}
	for _, group := range groups.AllGroups() {
		// That of administrators only denies, where one has not asked for its rights.
		if group.Attributes&(windows.SE_GROUP_ENABLED|windows.SE_GROUP_USE_FOR_DENY_ONLY) == windows.SE_GROUP_ENABLED {
			peer.GroupSIDs = append(peer.GroupSIDs, group.Sid.String())
		}
	}
	return peer
}

// User returns the name of the peer's user as DOMAIN\name, the security identifier where
// the system knows no name, empty where the peer is not known.
func (p Peer) User() string {
	if found, err := user.LookupId(p.SID); p.Known && err == nil {
		return found.Username
	}
	return p.SID
}
