package session

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Digest identifies the bytes of a session file: two files with the same digest
// have the same bytes. It is kept in place of the bytes, so that a token that was
// checked need not stay in memory.
type Digest [16]byte

// DigestOf returns the digest of a file's bytes: the first half of their SHA-256.
// To make two files with one digest takes 2^64 attempts and the right to write
// session files, and would only hide one edit.
func DigestOf(data []byte) Digest {
	sum := sha256.Sum256(data)
	return Digest(sum[:len(Digest{})])
}

// String returns the digest in hexadecimal, as the interface shows it: it is the entity
// tag of the file.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// ParseDigest reads what [Digest.String] writes.
func ParseDigest(text string) (d Digest, ok bool) {
	if len(text) != hex.EncodedLen(len(d)) || strings.ToLower(text) != text {
		return Digest{}, false
	}
	_, err := hex.Decode(d[:], []byte(text))
	return d, err == nil
}
