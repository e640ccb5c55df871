//go:build unix

package mobileapps

import (
	"os"
	"testing"
	"time"
)

// promptly fails the test where f does not return: a call that blocks must not
// block the tests.
func promptly(tb testing.TB, what string, f func()) {
	tb.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		tb.Fatalf("%s does not return", what)
	}
}

func appendTo(tb testing.TB, path, text string) {
	tb.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	must(tb, err)
	defer file.Close()
	_, err = file.WriteString(text)
	must(tb, err)
}
