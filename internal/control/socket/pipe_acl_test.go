package socket

import "testing"

func TestPipeDescriptor(t *testing.T) {
	for name, test := range map[string]struct{ group, want string }{
		"nobody else": {"", "D:P(A;;GA;;;BA)(A;;GA;;;SY)(A;;GA;;;S-1-5-21-1)"},
		// No right to make an instance of the pipe (0x4), to delete it or to change who may use it.
		"a group": {"S-1-5-21-2", "D:P(A;;GA;;;BA)(A;;GA;;;SY)(A;;GA;;;S-1-5-21-1)(A;;0x12008b;;;S-1-5-21-2)"},
	} {
		if got := pipeDescriptor("S-1-5-21-1", test.group); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}
