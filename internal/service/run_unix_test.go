//go:build unix

package service

import (
	"context"
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

const deadline = 30 * time.Second

// runInBackground returns what Run returned, once it did.
func runInBackground(run func(context.Context) error) <-chan error {
	result := make(chan error, 1)
	go func() { result <- Run("sessiond-test", func(ctx context.Context, _ Host) error { return run(ctx) }) }()
	return result
}

func await[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(deadline):
		t.Fatalf("waited %v for %s", deadline, what)
		panic("unreachable")
	}
}

func signalSelf(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), sig); err != nil {
		t.Fatal(err)
	}
}

func TestRunEndsWithTheDaemon(t *testing.T) {
	broken := errors.New("broken")
	for name, want := range map[string]error{"well": nil, "with an error": broken} {
		t.Run(name, func(t *testing.T) {
			defer goleak.VerifyNone(t)
			got := await(t, "Run", runInBackground(func(context.Context) error { return want }))
			if !errors.Is(got, want) {
				t.Errorf("the error is %v, want %v", got, want)
			}
		})
	}
}

func TestRunEndsAtASignal(t *testing.T) {
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		signal syscall.Signal
		err    error
	}{
		"TERM":                {syscall.SIGTERM, nil},
		"INT":                 {syscall.SIGINT, nil},
		"TERM, with an error": {syscall.SIGTERM, broken},
	} {
		t.Run(name, func(t *testing.T) {
			defer goleak.VerifyNone(t)
			running := make(chan struct{})
			result := runInBackground(func(ctx context.Context) error {
				close(running)
				<-ctx.Done()
				return test.err
			})
			await(t, "the daemon", running)
			signalSelf(t, test.signal)
			if got := await(t, "Run", result); !errors.Is(got, test.err) {
				t.Errorf("the error is %v, want %v", got, test.err)
			}
		})
	}
}

// To die of a signal is to end otherwise than with 0, also after the daemon has
// ended.
func TestMoreSignalsChangeNothing(t *testing.T) {
	running := make(chan struct{})
	result := runInBackground(func(ctx context.Context) error {
		close(running)
		<-ctx.Done()
		signalSelf(t, syscall.SIGTERM)
		signalSelf(t, syscall.SIGINT)
		return nil
	})
	await(t, "the daemon", running)
	signalSelf(t, syscall.SIGTERM)
	if err := await(t, "Run", result); err != nil {
		t.Error(err)
	}
	signalSelf(t, syscall.SIGTERM)
	signalSelf(t, syscall.SIGINT)
}
