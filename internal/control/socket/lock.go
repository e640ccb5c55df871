package socket

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// heldBy returns [ErrHeld] with the process id of the holder, if it is known.
func heldBy(pid int) error {
	if pid <= 0 {
		return ErrHeld
	}
	return fmt.Errorf("%w by process %d", ErrHeld, pid)
}

// fileLock is a file that this process has locked.
type fileLock struct{ file *os.File }

// takeLock locks the file for this process and writes its process id into it.
// The file is made where it is missing and never removed: two processes could
// otherwise hold locks on two files of one name. Where somebody else removes it
// between the two steps, there is another attempt.
func takeLock(path string) (*fileLock, error) {
	for {
		lock, err := lockOnce(path)
		if err != nil || lock.isAt(path) {
			return lock, err
		}
		if err := lock.release(); err != nil {
			return nil, err
		}
	}
}

func lockOnce(path string) (*fileLock, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|noFollow, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot lock it: %w", err)
	}
	lock := &fileLock{file}
	taken, err := tryLock(file)
	switch {
	case err != nil:
		err = fmt.Errorf("cannot lock it: %w", err)
	case !taken:
		err = heldBy(holderOf(path))
	default:
		if _, err = file.WriteAt(fmt.Appendf(nil, "%-*d\n", holderWidth, os.Getpid()), holderOffset); err != nil {
			err = fmt.Errorf("cannot write its process id: %w", err)
		}
	}
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	return lock, nil
}

// isAt reports whether it is the locked file that stands at a path.
func (l *fileLock) isAt(path string) bool {
	own, err := l.file.Stat()
	if err != nil {
		return false
	}
	now, err := os.Lstat(path)
	return err == nil && os.SameFile(own, now)
}

// release gives the lock up, if there is one: it ends with the open file.
func (l *fileLock) release() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}

// holderWidth is how many bytes a process id has in a lock file. It is padded
// and not cut off, because on Windows a locked file cannot be cut.
const holderWidth = 20

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
