package service

import (
	"context"
	"errors"
	"testing"
	"time"

	"golang.org/x/sys/windows/svc"
)

// managed is a daemon under a control manager that is the test.
type managed struct {
	t        *testing.T
	requests chan svc.ChangeRequest
	status   chan svc.Status
	code     chan uint32
}

// manage begins to run a daemon and returns once it counts as starting.
func manage(t *testing.T, run func(context.Context, Host) error) *managed {
	t.Helper()
	m := &managed{t, make(chan svc.ChangeRequest), make(chan svc.Status), make(chan uint32, 1)}
	c := &controlled{name: "sessiond-test", run: run}
	go func() {
		_, code := c.Execute(nil, m.requests, m.status)
		m.code <- code
	}()
	m.mustBe(svc.StartPending)
	return m
}

const patience = 30 * time.Second

func take[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatalf("waited %v for %s", patience, what)
		panic("unreachable")
	}
}

func (m *managed) mustBe(state svc.State) svc.Status {
	m.t.Helper()
	status := take(m.t, "a state", m.status)
	if status.State != state {
		m.t.Fatalf("the state is %d, want %d", status.State, state)
	}
	return status
}

func (m *managed) ask(code svc.Cmd) {
	m.t.Helper()
	select {
	case m.requests <- svc.ChangeRequest{Cmd: code, CurrentStatus: svc.Status{State: svc.Running}}:
	case <-time.After(patience):
		m.t.Fatalf("control %d is not taken", code)
	}
}

func TestControls(t *testing.T) {
	reloads := make(chan int, 10)
	m := manage(t, func(ctx context.Context, host Host) error {
		host.Started()
		for n := 1; ; n++ {
			select {
			case <-host.Reload:
				reloads <- n
			case <-ctx.Done():
				return nil
			}
		}
	})
	if up := m.mustBe(svc.Running); up.Accepts != svc.AcceptStop|svc.AcceptShutdown|svc.AcceptParamChange {
		t.Errorf("it accepts %b", up.Accepts)
	}
	m.ask(svc.Interrogate)
	m.mustBe(svc.Running)
	for range 2 {
		m.ask(svc.ParamChange)
		take(t, "a reload", reloads)
	}
	m.ask(svc.Stop)
	m.mustBe(svc.StopPending)
	if code := take(t, "the end", m.code); code != 0 {
		t.Errorf("a clean stop has the code %d", code)
	}
}

// A daemon that nobody takes requests of any more does not keep the manager waiting.
func TestManyReloadsAreOne(t *testing.T) {
	m := manage(t, func(ctx context.Context, host Host) error {
		<-ctx.Done()
		if <-host.Reload; len(host.Reload) > 0 {
			t.Error("more than one reload waits")
		}
		return nil
	})
	for range 5 {
		m.ask(svc.ParamChange)
	}
	m.ask(svc.Shutdown)
	m.mustBe(svc.StopPending)
	take(t, "the end", m.code)
}

// The manager starts a service again whose daemon ended with an error, whether that had
// been up or not.
func TestFailureHasACode(t *testing.T) {
	for name, run := range map[string]func(context.Context, Host) error{
		"at the start": func(context.Context, Host) error { return errors.New("broken") },
		"later": func(_ context.Context, host Host) error {
			host.Started()
			return errors.New("broken")
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := manage(t, run)
			for {
				select {
				case <-m.status: // it may have been told that the daemon is up
					continue
				case code := <-m.code:
					if code != failed {
						t.Errorf("the code is %d", code)
					}
				}
				return
			}
		})
	}
}
