package refresh

import (
	"encoding/binary"
	"hash/maphash"

	"sessiond/internal/mobileapps"
)

// fingerprint stands for a signature in the record of a file: 16 bytes instead of
// 40, a million times. Two signatures that differ have the same one with a chance
// of 2^-128, which nobody can raise who does not know the seeds.
type fingerprint [2]uint64

// fingerprints makes fingerprints, with seeds of this process.
type fingerprints [2]maphash.Seed

func newFingerprints() fingerprints { return fingerprints{maphash.MakeSeed(), maphash.MakeSeed()} }

func (f *fingerprints) of(sig *mobileapps.Signature) fingerprint {
	var text [40]byte
	binary.NativeEndian.PutUint64(text[0:], sig.Dev)
	binary.NativeEndian.PutUint64(text[8:], sig.Ino)
	binary.NativeEndian.PutUint64(text[16:], uint64(sig.Size))  //nolint:gosec // bits, not numbers
	binary.NativeEndian.PutUint64(text[24:], uint64(sig.Mtime)) //nolint:gosec // the same
	binary.NativeEndian.PutUint64(text[32:], uint64(sig.Ctime)) //nolint:gosec // the same
	return fingerprint{maphash.Bytes(f[0], text[:]), maphash.Bytes(f[1], text[:])}
}
