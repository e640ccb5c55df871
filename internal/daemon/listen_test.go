//go:build unix

package daemon

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"sessiond/internal/control/socket"
)

// What keeps the socket from being restored is logged once, and so is its end.
func TestRemovedSocketIsLogged(t *testing.T) {
	core, logs := observer.New(zapcore.DebugLevel)
	path := filepath.Join(shortDir(t), "s")
	listener, err := socket.Listen(socket.Config{Path: path, Mode: 0o600})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	d := &Daemon{front: front{log: zap.New(core)}} // without the timer
	logged := func(level zapcore.Level, message string) int {
		lines := logs.FilterMessageSnippet(message).All()
		for _, line := range lines {
			if line.Level != level {
				t.Errorf("%q is logged as %v, want %v", line.Message, line.Level, level)
			}
		}
		return len(lines)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	var failed error
	for range 3 {
		if failed = d.restoreSocket(listener, failed); failed == nil {
			t.Fatal("the socket was restored over a folder")
		}
	}
	if got := logged(zapcore.ErrorLevel, "cannot be made again"); got != 1 {
		t.Errorf("%d lines say that the socket is gone, want 1", got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if failed = d.restoreSocket(listener, failed); failed != nil {
			t.Fatal(failed)
		}
	}
	if got := logged(zapcore.WarnLevel, "it was made again"); got != 1 {
		t.Errorf("%d lines say that the socket was restored, want 1", got)
	}
}
