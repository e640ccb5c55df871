package control

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// heldBy returns [ErrHeld] with the process id of the holder, if it is known.
func heldBy(pid int) error {
	if pid <= 0 {
		return ErrHeld
	}
	return fmt.Errorf("%w: the process with id %d", ErrHeld, pid)
}

// takeLock locks the file for this process and writes its process id into it.
// The file is made where it is missing and never removed: two processes could
// otherwise hold locks on two files of one name.
func takeLock(path string) (*flock.Flock, error) {
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR|noFollow), flock.SetPermissions(0o600))
	taken, err := lock.TryLock()
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot lock it: %w", err)
	case !taken:
		return nil, heldBy(holderOf(path))
	}
	if err := writeHolder(path, os.Getpid()); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot write who holds it: %w", err), lock.Unlock())
	}
	return lock, nil
}

// holderWidth is how many bytes a process id has in a lock file. It is padded
// and not cut off, because on Windows a locked file cannot be cut.
const holderWidth = 20

// writeHolder writes who holds the lock.
func writeHolder(path string, pid int) error {
	file, err := os.OpenFile(path, os.O_WRONLY|noFollow, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt(fmt.Appendf(nil, "%-*d\n", holderWidth, pid), holderOffset)
	return errors.Join(err, file.Close())
}

// holderOf returns the process id in a lock file that somebody else has locked,
// or 0 where there is none (yet).
func holderOf(path string) int {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.Trim(string(data), "\x00 \n"))
	if err != nil {
		return 0
	}
	return pid
}
