//go:build unix

package socket

import "testing"

// Whatever the limit and the number of processors are, a pass can open what it
// needs while clients have all that they get.
func TestClientsLeaveDescriptorsToPasses(t *testing.T) {
	const least, readersMost = 64, 256
	for _, limit := range []uint64{least, 128, 256, 600, 1024, 4096, 1 << 20, 1<<64 - 1} {
		for readers := 1; readers <= readersMost; readers *= 2 {
			clients := spareOf(limit, readers)
			if clients < 1 || clients > maxConns {
				t.Errorf("limit %d, %d readers: %d clients", limit, readers, clients)
			}
			if needed := uint64(keptDescriptors + 1 + 2*readers); clients > 1 && uint64(clients)+needed > limit {
				t.Errorf("limit %d, %d readers: %d clients leave less than %d", limit, readers, clients, needed)
			}
		}
	}
	if got := spareOf(1024, 4); got != 512 {
		t.Errorf("of the usual limit clients get %d, want half", got)
	}
}
