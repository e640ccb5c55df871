//go:build unix

package service

import (
	"os"
	"strconv"
	"syscall"
	"testing"
)

// What was meant for another process is not ours. That the sockets are taken where
// they are ours is shown on a real systemd.
func TestSocketsOfAnother(t *testing.T) {
	for name, pid := range map[string]string{"nobody's": "", "another's": strconv.Itoa(os.Getppid())} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("LISTEN_PID", pid)
			t.Setenv("LISTEN_FDS", "1")
			if got, err := TakeSockets(); got != (Sockets{}) || err != nil {
				t.Errorf("TakeSockets = %v, %v, want none", got, err)
			}
		})
	}
}

// Sockets are told apart by their names, in whatever order they come; unnamed is that of
// control.
func TestSocketsByName(t *testing.T) {
	for name, test := range map[string]struct {
		names          []string
		control, check string // the socket in each place
		fails          bool
	}{
		"none":           {},
		"unnamed":        {names: []string{"LISTEN_FD_3"}, control: "LISTEN_FD_3"},
		"named by unit":  {names: []string{"sessiond.socket"}, control: "sessiond.socket"},
		"both":           {names: []string{"control", "check"}, control: "control", check: "check"},
		"both, reversed": {names: []string{"check", "sessiond.socket"}, control: "sessiond.socket", check: "check"},
		"check alone":    {names: []string{"check"}, check: "check"},
		"two of control": {names: []string{"control", "sessiond.socket"}, fails: true},
		"two of check":   {names: []string{"check", "control", "check"}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			null, err := os.Open(os.DevNull)
			if err != nil {
				t.Fatal(err)
			}
			defer null.Close()
			var files []*os.File
			for _, name := range test.names {
				fd, err := syscall.Dup(int(null.Fd()))
				if err != nil {
					t.Fatal(err)
				}
				file := os.NewFile(uintptr(fd), name)
				t.Cleanup(func() { file.Close() })
				files = append(files, file)
			}
			got, err := tell(files)
			if (err != nil) != test.fails {
				t.Fatalf("%v", err)
			}
			nameOf := func(file *os.File) string {
				if file == nil {
					return ""
				}
				return file.Name()
			}
			if nameOf(got.Control) != test.control || nameOf(got.Check) != test.check {
				t.Errorf("control is %q, check is %q", nameOf(got.Control), nameOf(got.Check))
			}
		})
	}
}
