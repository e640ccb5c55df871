package service

import (
	"os"
	"strconv"
	"testing"
)

// What was meant for another process is not ours. That the socket is taken where
// it is ours is shown on a real systemd.
func TestSocketOfAnother(t *testing.T) {
	for name, pid := range map[string]string{"nobody's": "", "another's": strconv.Itoa(os.Getppid())} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("LISTEN_PID", pid)
			t.Setenv("LISTEN_FDS", "1")
			if file, err := Socket(); file != nil || err != nil {
				t.Errorf("Socket = %v, %v, want none", file, err)
			}
		})
	}
}
