package mobileapps

import "golang.org/x/sys/unix"

func signature(st *unix.Stat_t) Signature {
	return Signature{
		Dev:   uint64(uint32(st.Dev)), //nolint:gosec // a number without a sign, kept in a type with one
		Ino:   st.Ino,
		Size:  st.Size,
		Mtime: st.Mtim.Nano(),
		Ctime: st.Ctim.Nano(),
	}
}
