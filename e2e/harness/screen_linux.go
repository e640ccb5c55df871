package harness

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// OpenTerminal returns both ends of a pseudo terminal: what is written to the
// second is shown on the first.
func OpenTerminal() (screen, terminal *os.File, err error) {
	screen, err = os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	fd := int(screen.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		return nil, nil, errors.Join(err, screen.Close())
	}
	return screen, terminal, nil
}

// CopyScreen copies what a screen shows until nobody writes to its terminal any more.
func CopyScreen(w io.Writer, screen *os.File) error {
	_, err := io.Copy(w, screen)
	if errors.Is(err, syscall.EIO) { // how Linux says that the last writer has gone
		return nil
	}
	return err
}
