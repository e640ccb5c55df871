package notify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"syscall"
)

// faultOf says why there is no answer, in words that hold nothing of the server's but
// what the certificate says.
func faultOf(ctx context.Context, err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // the rest is the URL
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("the server did not answer within %s", timeout)
	case isNotAllowed(err):
		return fmt.Errorf("the system does not let the daemon connect: %w; under systemd, IPAddressAllow= and RestrictAddressFamilies= of the unit say where it may (docs/ADMINISTRATION.md)", err)
	case strings.Contains(err.Error(), "malformed HTTP"), strings.Contains(err.Error(), "HTTP/1.x transport connection broken"):
		return errors.New("what the server answered is not HTTP, or has too long a header")
	}
	return fmt.Errorf("cannot reach the server: %s", clean(err.Error(), maxText))
}

// isNotAllowed reports whether the system forbids the connection, or the look-up of the
// host's address, of which only the text is left.
func isNotAllowed(err error) bool {
	for _, errno := range []syscall.Errno{syscall.EPERM, syscall.EACCES, syscall.EAFNOSUPPORT} {
		if errors.Is(err, errno) {
			return true
		}
		if lookup, ok := errors.AsType[*net.DNSError](err); ok && strings.Contains(lookup.Err, errno.Error()) {
			return true
		}
	}
	return false
}
