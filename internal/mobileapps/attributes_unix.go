//go:build unix

package mobileapps

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// attributes returns those of an open file.
func attributes(fd int, st *unix.Stat_t) (Attributes, error) {
	a := Attributes{UID: st.Uid, GID: st.Gid, Mode: uint32(st.Mode) &^ unix.S_IFMT} //nolint:unconvert // other systems have other types
	names, err := xattrs(func(to []byte) (int, error) { return unix.Flistxattr(fd, to) })
	if err != nil {
		return Attributes{}, fmt.Errorf("cannot list the extended attributes: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		if name == "" || ofContent(name) {
			continue
		}
		value, err := xattrs(func(to []byte) (int, error) { return unix.Fgetxattr(fd, name, to) })
		if err != nil {
			return Attributes{}, fmt.Errorf("cannot read an extended attribute: %w", err)
		}
		if a.Extended == nil {
			a.Extended = make(map[string][]byte)
		}
		a.Extended[name] = value
	}
	return a, nil
}

// ofContent reports whether an attribute is a checksum of the file's content, or of its
// other attributes, which the kernel makes itself.
func ofContent(name string) bool { return name == "security.ima" || name == "security.evm" }

// xattrs makes a call whose answer may need more room than expected. A file system
// without extended attributes has none.
func xattrs(call func(to []byte) (int, error)) ([]byte, error) {
	for room := 256; ; {
		to := make([]byte, room)
		n, err := call(to)
		switch {
		case err == nil:
			return to[:n], nil
		case errors.Is(err, unix.ENOTSUP):
			return nil, nil
		case !errors.Is(err, unix.ERANGE):
			return nil, err
		}
		if room *= 4; room > 1<<20 {
			return nil, err
		}
	}
}

// takeAttributes gives an open file, as st shows it, the attributes of another, and
// compares: some file systems pretend.
func takeAttributes(fd int, st *unix.Stat_t, like Attributes) error {
	has, err := attributes(fd, st)
	if err != nil || has.Equal(like) {
		return err
	}
	if has.UID != like.UID || has.GID != like.GID {
		if err := unix.Fchown(fd, int(like.UID), int(like.GID)); err != nil {
			return cannotKeep("owner and group", err)
		}
	}
	// After the owner, whose change clears some of the bits.
	if err := unix.Fchmod(fd, like.Mode); err != nil {
		return cannotKeep("the mode", err)
	}
	for name := range has.Extended { // such as a list that the folder passes on
		if _, wanted := like.Extended[name]; !wanted {
			if err := unix.Fremovexattr(fd, name); err != nil {
				return cannotKeep(name, err)
			}
		}
	}
	for name, value := range like.Extended {
		if now, set := has.Extended[name]; set && bytes.Equal(now, value) && !followsMode(name) {
			continue
		}
		if err := unix.Fsetxattr(fd, name, value, 0); err != nil {
			return cannotKeep(name, err)
		}
	}
	if has, err = attributesOf(fd); err != nil {
		return err
	}
	if !has.Equal(like) {
		return cannotKeep("what was set", errPretends)
	}
	return nil
}

// followsMode reports whether an attribute changes with the mode.
func followsMode(name string) bool { return name == "system.posix_acl_access" }

var errPretends = errors.New("the file system did not keep it")

func cannotKeep(what string, err error) error {
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) || errors.Is(err, unix.EIO) {
		return err
	}
	return fmt.Errorf("%w: %s: %w", ErrAttributes, what, err)
}

func attributesOf(fd int) (Attributes, error) {
	var st unix.Stat_t
	if err := ignoringEINTR(func() error { return unix.Fstat(fd, &st) }); err != nil {
		return Attributes{}, err
	}
	return attributes(fd, &st)
}
