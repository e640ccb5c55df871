//go:build unix

package control_test

import (
	"errors"
	"io"
	"os"
	"syscall"
	"testing"

	"sessiond/internal/access"
	"sessiond/internal/api"
)

// me returns who asks in these tests, as the daemon tells and as it logs it.
func me(*testing.T) (told api.Me, logged map[string]any) {
	uid, gid := os.Geteuid(), os.Getegid()
	told = api.Me{UID: &uid, GID: &gid, User: access.Peer{Known: true, UID: uid}.User()}
	return told, map[string]any{"uid": int64(uid), "pid": int64(os.Getpid())}
}

// isReset reports whether a connection was cut off by the other side.
func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrUnexpectedEOF)
}
