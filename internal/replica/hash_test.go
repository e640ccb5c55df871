package replica

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sessiond/internal/session"
)

// What is in a stream is read by other versions, too.
func TestHashesAndDigestsNeverChange(t *testing.T) {
	h := HashOf(session.Key{App: "UTT7VDX8W5.com.contactApp.Contact", ID: "7023d9205074199d1c16fc00d24354e778137675"})
	if got, want := h.String(), "0oMC31kWS9FiU42QoThOcA"; got != want {
		t.Errorf("the hash is %s, want %s", got, want)
	}
	if got, want := DigestOf(h, []byte("x")).String(), "cc9f55774d59a08cc32e809d52b44658"; got != want {
		t.Errorf("the digest is %s, want %s", got, want)
	}
}

func TestKeysOfTheLog(t *testing.T) {
	h := HashOf(session.Key{App: "a.b", ID: "c"})
	for _, k := range []kind{kindSession, kindProblem} {
		if gotKind, gotHash := parseKey(k.key(h)); gotKind != k || gotHash != h {
			t.Errorf("%s is read as %c %s", k.key(h), gotKind, gotHash)
		}
	}
	text := h.String()
	for _, other := range []string{"", "s.", "s", text, "x." + text, "ss." + text, "s." + text + "A", "s." + text[1:], "s." + text[:21] + "B", KeyHead, KeyStatus} {
		if k, _ := parseKey(other); k != kindOther {
			t.Errorf("%q is taken for one of kind %c", other, k)
		}
	}
}

// A sum is what the same sum of numbers is, in whatever order; as text it comes back.
func TestSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digests := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Sum {
			edge := rapid.OneOf(rapid.Uint64(), rapid.SampledFrom([]uint64{0, 1, 1 << 63, 1<<64 - 1}))
			return Sum{edge.Draw(t, "high"), edge.Draw(t, "low")}
		}), 1, 8).Draw(t, "digests")
		var sum Sum
		number, modulus := new(big.Int), new(big.Int).Lsh(big.NewInt(1), 128)
		for _, d := range digests {
			sum = sum.Plus(d)
			number.Add(number, numberOf(t, d))
		}
		number.Mod(number, modulus)
		if got := numberOf(t, sum); got.Cmp(number) != 0 {
			t.Fatalf("the sum is %x, want %x", got, number)
		}
		var read Sum
		if err := read.UnmarshalText([]byte(sum.String())); err != nil || read != sum {
			t.Fatalf("%s is read as %s, %v", sum, read, err)
		}
		for _, d := range rapid.Permutation(digests).Draw(t, "order") {
			sum = sum.Minus(d)
		}
		if sum != (Sum{}) {
			t.Fatalf("%s is left of nothing", sum)
		}
	})
}

func numberOf(t *rapid.T, s Sum) *big.Int {
	n, ok := new(big.Int).SetString(s.String(), 16)
	if !ok {
		t.Fatalf("%s is no number", s)
	}
	return n
}

func TestTextThatIsNoSum(t *testing.T) {
	for _, text := range []string{"", "0", strings.Repeat("0", 31), strings.Repeat("0", 33), strings.Repeat("g", 32), strings.Repeat("A", 32)} {
		var s Sum
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is read as %s", text, s)
		}
	}
}
