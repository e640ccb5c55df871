package session

import "crypto/sha256"

// Digest stands for all bytes of a session file: two files with the same digest
// have the same bytes. It is kept in their place, so that a token that was
// checked need not stay in memory.
type Digest [16]byte

// DigestOf returns the digest of a file's bytes: the first half of their
// SHA-256. Whoever may write session files could make two with one digest only
// at the cost of 2^64 attempts, and would gain that one edit of his own is not
// seen.
func DigestOf(data []byte) Digest {
	sum := sha256.Sum256(data)
	return Digest(sum[:len(Digest{})])
}
