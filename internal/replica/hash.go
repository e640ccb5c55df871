package replica

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"

	"sessiond/internal/session"
)

// Hash stands for a session's key in the log: a key is enough to make the session's token,
// and subjects are seen by everybody who administers the engine.
type Hash [16]byte

// HashOf returns the first half of the SHA-256 of the key's text.
func HashOf(key session.Key) Hash {
	sum := sha256.Sum256([]byte(key.String()))
	return Hash(sum[:len(Hash{})])
}

// String returns the hash as subjects have it.
func (h Hash) String() string { return base64.RawURLEncoding.EncodeToString(h[:]) }

// parseHash reads what [Hash.String] writes.
func parseHash(text string) (h Hash, ok bool) {
	if len(text) != base64.RawURLEncoding.EncodedLen(len(h)) {
		return Hash{}, false
	}
	_, err := base64.RawURLEncoding.Strict().Decode(h[:], []byte(text))
	return h, err == nil
}

// Sum is a sum of digests modulo 2^128. Whoever has the same messages, in whatever order
// they came, has the same sum.
type Sum struct{ high, low uint64 }

// DigestOf returns the digest of one message: the first half of the SHA-256 of its hash
// and its payload.
func DigestOf(h Hash, payload []byte) Sum {
	d := sha256.New()
	d.Write(h[:])
	d.Write(payload)
	sum := d.Sum(nil)
	return Sum{binary.BigEndian.Uint64(sum), binary.BigEndian.Uint64(sum[8:])}
}

// Plus returns the sum with a digest added.
func (s Sum) Plus(t Sum) Sum {
	low, carry := bits.Add64(s.low, t.low, 0)
	high, _ := bits.Add64(s.high, t.high, carry)
	return Sum{high, low}
}

// Minus returns the sum without a digest.
func (s Sum) Minus(t Sum) Sum {
	low, borrow := bits.Sub64(s.low, t.low, 0)
	high, _ := bits.Sub64(s.high, t.high, borrow)
	return Sum{high, low}
}

// String returns the sum in hexadecimal.
func (s Sum) String() string { return fmt.Sprintf("%016x%016x", s.high, s.low) }

// MarshalText implements [encoding.TextMarshaler].
func (s Sum) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

var errNoSum = errors.New("not a sum")

// UnmarshalText implements [encoding.TextUnmarshaler]. It accepts only what [Sum.String]
// writes.
func (s *Sum) UnmarshalText(text []byte) error {
	var raw [16]byte
	if len(text) != hex.EncodedLen(len(raw)) {
		return fmt.Errorf("%w: %q", errNoSum, text)
	}
	if _, err := hex.Decode(raw[:], text); err != nil {
		return fmt.Errorf("%w: %q", errNoSum, text)
	}
	read := Sum{binary.BigEndian.Uint64(raw[:]), binary.BigEndian.Uint64(raw[8:])}
	if read.String() != string(text) {
		return fmt.Errorf("%w: %q", errNoSum, text)
	}
	*s = read
	return nil
}
