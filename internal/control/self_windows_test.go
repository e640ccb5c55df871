package control_test

import (
	"errors"
	"io"
	"os"
	"os/user"
	"testing"

	"golang.org/x/sys/windows"

	"sessiond/internal/api"
)

// me returns who asks in these tests, as the daemon tells and as it logs it.
func me(t *testing.T) (told api.Me, logged map[string]any) {
	t.Helper()
	found, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	return api.Me{User: found.Username}, map[string]any{"sid": found.Uid, "pid": int64(os.Getpid())}
}

// isReset reports whether a connection was cut off by the other side. go-winio gives a
// write to a pipe that is closed the error of a read.
func isReset(err error) bool {
	return errors.Is(err, windows.ERROR_NO_DATA) || errors.Is(err, windows.ERROR_PIPE_NOT_CONNECTED) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
