package service

import (
	"fmt"
	"os"

	"github.com/coreos/go-systemd/v22/activation"
)

// Socket returns the socket that systemd opened for this process (LISTEN_FDS), or
// nil where it opened none. It is whoever calls first that gets it.
func Socket() (*os.File, error) {
	files := activation.Files(true)
	switch len(files) {
	case 0:
		return nil, nil //nolint:nilnil // no socket is the ordinary case
	case 1:
		return files[0], nil
	}
	for _, file := range files {
		_ = file.Close() // nothing was done with it
	}
	return nil, fmt.Errorf("cannot take the socket from systemd: it opened %d, and the daemon has use for one", len(files))
}
