package mobileapps

import "golang.org/x/sys/unix"

func signature(st *unix.Stat_t) Signature {
	return Signature{
		Dev:   uint64(st.Dev), //nolint:unconvert // other architectures have other types
		Ino:   uint64(st.Ino), //nolint:unconvert // the same
		Size:  st.Size,
		Mtime: st.Mtim.Nano(),
		Ctime: st.Ctim.Nano(),
	}
}
