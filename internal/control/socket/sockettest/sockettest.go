// Package sockettest listens and connects as tests of the two ends of the socket need it:
// on a Unix socket or, on Windows, on a named pipe.
package sockettest

import (
	"net"
	"testing"
)

// Listen listens at a path that nobody else has, for the length of the test.
func Listen(t testing.TB) (ln net.Listener, path string) {
	t.Helper()
	path = Path(t)
	ln, err := listen(path)
	if err != nil {
		t.Fatalf("cannot listen at %s: %v", path, err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	PassInert(t, path)
	return ln, path
}
