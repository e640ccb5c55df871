package replica

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"sessiond/internal/session"
)

// fate is what becomes of one message of a follower.
type fate struct {
	Delay   time.Duration // on its way to the authority
	Lost    bool          // it never comes
	Twice   time.Duration // it comes once more after this; 0 is never
	NoReply bool          // the answer is lost
}

// wanted is a request that a follower is to forward.
type wanted struct {
	At   time.Duration // when
	Work time.Duration // how long the authority takes
	Body int           // how long the answer is, in bytes
}

// editPlan is all that happens in a run of the model.
type editPlan struct {
	Wanted   []wanted
	Fates    []fate
	Restarts []time.Duration // when the authority ends and another begins
	Lag      time.Duration   // of the heads that the follower has
	Paused   bool            // an authority before is not at its end: it was paused, and takes messages later
}

func planEdits() *rapid.Generator[editPlan] {
	seconds := func(most int) *rapid.Generator[time.Duration] {
		return rapid.Map(rapid.IntRange(0, most*4), func(n int) time.Duration { return time.Duration(n) * time.Second / 4 })
	}
	return rapid.Custom(func(t *rapid.T) editPlan {
		return editPlan{
			Wanted: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) wanted {
				return wanted{seconds(20).Draw(t, "at"), seconds(30).Draw(t, "work"), rapid.IntRange(0, 40).Draw(t, "body")}
			}), 1, 4).Draw(t, "wanted"),
			Fates: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) fate {
				f := fate{Lost: rapid.IntRange(0, 4).Draw(t, "lost") == 0, NoReply: rapid.IntRange(0, 2).Draw(t, "noReply") == 0}
				if rapid.IntRange(0, 2).Draw(t, "late") == 0 {
					f.Delay = seconds(150).Draw(t, "delay")
				}
				if rapid.IntRange(0, 2).Draw(t, "twice") == 0 {
					f.Twice = seconds(150).Draw(t, "again")
				}
				return f
			}), 0, 30).Draw(t, "fates"),
			Restarts: rapid.SliceOfN(seconds(60), 0, 2).Draw(t, "restarts"),
			Lag:      seconds(10).Draw(t, "lag"),
			Paused:   rapid.Bool().Draw(t, "paused"),
		}
	})
}

// editWorld is a follower, authorities one after the other, and a network between them.
type editWorld struct {
	plan editPlan
	done sync.WaitGroup // of messages on their way

	mu       sync.Mutex
	sent     int
	runs     []time.Time // when each run began
	current  *Executor   // nil while there is none
	all      []*Executor // also those that have ended
	executed map[string]int
	wrong    []string
}

func (w *editWorld) fail(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
}

// start lets another authority begin.
func (w *editWorld) start() {
	began := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.runs = append(w.runs, began)
	w.current = NewExecutor(ExecutorConfig{
		Run: session.Epoch(len(w.runs)), Leads: func() bool { return true }, Clock: func() time.Duration { return time.Since(began) }, Now: time.Now,
		Position: func() Position { return Position{1, 1} }, Execute: w.execute,
	})
	w.all = append(w.all, w.current)
}

// execute makes the change of a request, whose target says which it is.
func (w *editWorld) execute(_ string, r *EditRequest, out http.ResponseWriter) {
	w.mu.Lock()
	w.executed[r.Target]++
	w.mu.Unlock()
	i, _ := strconv.Atoi(r.Target)
	one := w.plan.Wanted[i]
	text := answerTo(i, one.Body)
	_, _ = out.Write(text[:len(text)/2])
	time.Sleep(one.Work)
	_, _ = out.Write(text[len(text)/2:])
}

// answerTo is the true answer to a request.
func answerTo(i, most int) []byte { return bytes.Repeat([]byte{byte('a' + i)}, most) }

// ask is the network.
func (w *editWorld) ask(ctx context.Context, e *Edit) (*Edited, error) {
	text, err := EncodeEdit(e)
	if err != nil {
		w.fail("%v", err)
	}
	w.mu.Lock()
	var f fate
	if w.sent < len(w.plan.Fates) {
		f = w.plan.Fates[w.sent]
	}
	w.sent++
	nobody := w.current == nil
	w.mu.Unlock()
	if nobody {
		return nil, ErrNobody
	}
	answers := make(chan *Edited, 2)
	if !f.Lost {
		w.done.Go(func() { w.deliver(text, f.Delay, answers) })
	}
	if f.Twice > 0 {
		w.done.Go(func() { w.deliver(text, f.Twice, answers) })
	}
	received := answers
	if f.NoReply {
		received = nil
	}
	select {
	case answered := <-received:
		return answered, nil
	case <-time.After(4 * time.Second):
		return nil, errors.New("no answer")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// deliver brings a message to whoever is the authority then.
func (w *editWorld) deliver(text []byte, after time.Duration, answers chan<- *Edited) {
	time.Sleep(after)
	e, err := DecodeEdit(text)
	if err != nil {
		w.fail("%v", err)
		return
	}
	w.mu.Lock()
	x, before := w.current, w.all
	w.mu.Unlock()
	if x == nil {
		return
	}
	if w.plan.Paused {
		w.done.Go(func() {
			time.Sleep(time.Second)
			for _, paused := range before[:len(before)-1] {
				paused.Take(context.Background(), "south", e, 7)
			}
		})
	}
	answered := x.Take(context.Background(), "south", e, 7)
	select {
	case answers <- &answered:
	default:
	}
}

// head is what the follower knows of the authority, some time ago.
func (w *editWorld) head() *Head {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := time.Now().Add(-w.plan.Lag)
	run := 1
	for run < len(w.runs) && !w.runs[run].After(at) {
		run++
	}
	return &Head{Run: session.Epoch(run), At: at}
}

// forward has a request answered and holds what comes to what there is.
func (w *editWorld) forward(f *Forwarder, i int) {
	time.Sleep(w.plan.Wanted[i].At)
	target := strconv.Itoa(i)
	x := f.Forward(&EditRequest{Method: http.MethodPatch, Target: target})
	var body []byte
	for {
		piece, err := x.Next(context.Background())
		w.mu.Lock()
		executed := w.executed[target]
		w.mu.Unlock()
		switch {
		case err == nil && executed != 1:
			w.fail("request %d has an answer and was executed %d times", i, executed)
		case err == nil:
		case errors.Is(err, ErrUnknownOutcome):
			return
		case errors.Is(err, ErrNobody), errors.Is(err, ErrBusy):
			time.Sleep(5 * time.Minute) // whatever is on its way comes too late
			w.mu.Lock()
			executed = w.executed[target]
			w.mu.Unlock()
			if executed != 0 || len(body) > 0 {
				w.fail("request %d was executed %d times, and the follower says %v", i, executed, err)
			}
			return
		default:
			w.fail("request %d: %v", i, err)
			return
		}
		if body = append(body, piece.Body...); piece.Last {
			break
		}
	}
	if want := answerTo(i, w.plan.Wanted[i].Body); !bytes.Equal(body, want) {
		w.fail("the answer to request %d is %q, want %q", i, body, want)
	}
}

// Whatever is lost, late, repeated or restarted: an edit is executed at most once, and what
// the follower says of it is true.
func TestEditsModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		plan := planEdits().Draw(rt, "plan")
		var wrong []string
		synctest.Test(t, func(*testing.T) { wrong = runEdits(plan) })
		if len(wrong) > 0 {
			rt.Fatalf("%d things are wrong, first: %s", len(wrong), wrong[0])
		}
	})
}

// runEdits returns what was not as it should be.
func runEdits(plan editPlan) (wrong []string) {
	w := &editWorld{plan: plan, executed: make(map[string]int)}
	w.start()
	began, ids := time.Now(), 0
	f := NewForwarder(ForwarderConfig{
		Ask: w.ask, Head: w.head, Clock: func() time.Duration { return time.Since(began) },
		NewID: func() string {
			w.mu.Lock()
			defer w.mu.Unlock()
			ids++
			return strconv.Itoa(ids)
		},
	})
	var running sync.WaitGroup
	for i := range plan.Wanted {
		running.Go(func() { w.forward(f, i) })
	}
	for _, at := range plan.Restarts {
		running.Go(func() {
			time.Sleep(at)
			w.mu.Lock()
			w.current = nil
			w.mu.Unlock()
			time.Sleep(2 * time.Second)
			w.start()
		})
	}
	running.Wait()
	w.done.Wait()
	for _, x := range w.all {
		x.Stop(context.Background(), 0)
	}
	for target, n := range w.executed {
		if n > 1 {
			w.fail("request %s was executed %d times", target, n)
		}
	}
	return w.wrong
}
