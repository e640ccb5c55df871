package service

import (
	"fmt"
	"os"

	"github.com/coreos/go-systemd/v22/activation"
)

// Sockets are what systemd opened for this process (LISTEN_FDS); nil is none.
type Sockets struct {
	Control *os.File
	// Check is the one whose unit says FileDescriptorName=check. Any other is Control:
	// without a name of its own, a socket has that of its unit.
	Check *os.File
}

// nameOfCheck is the name of the socket over which tokens are checked.
const nameOfCheck = "check"

// TakeSockets returns the sockets that systemd opened for this process. It is whoever
// calls first that gets them.
func TakeSockets() (Sockets, error) { return tell(activation.Files(true)) }

// tell tells sockets apart.
func tell(files []*os.File) (s Sockets, err error) {
	for _, file := range files {
		place := &s.Control
		if file.Name() == nameOfCheck {
			place = &s.Check
		}
		if *place != nil {
			err = fmt.Errorf("cannot take the sockets from systemd: it opened %d, and the daemon has use for one, and for one more with FileDescriptorName=%s", len(files), nameOfCheck)
		}
		*place = file
	}
	if err == nil {
		return s, nil
	}
	for _, file := range files {
		_ = file.Close() // nothing was done with it
	}
	return Sockets{}, err
}
