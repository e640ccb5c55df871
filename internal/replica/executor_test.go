package replica

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// executor returns one in a bubble, whose requests are answered by a function.
func executor(answer func(target string, w http.ResponseWriter)) *Executor {
	began := time.Now().Add(-time.Second)
	return NewExecutor(ExecutorConfig{
		Run: 1, Clock: func() time.Duration { return time.Since(began) }, Now: time.Now, Leads: func() bool { return true },
		Position: func() Position { return Position{} },
		Execute:  func(_ string, r *EditRequest, w http.ResponseWriter) { answer(r.Target, w) },
	})
}

// asks sends a message of a new edit, or of one that is known.
func (x *Executor) asks(id string, from int) Edited {
	return x.Take(context.Background(), "south", &Edit{
		ID: id, Run: 1, Seen: time.Now(), From: from, Request: &EditRequest{Target: id},
	}, 1<<20)
}

// After the stop, what was begun comes to its end, and its answer is fetched; whatever else
// comes is refused.
func TestExecutorStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end := make(chan struct{})
		x := executor(func(string, http.ResponseWriter) { <-end })
		for i := range 3 {
			if got := x.asks(strconv.Itoa(i), 0); got.Refused != "" || got.Last {
				t.Errorf("one that is executed is %+v", got)
			}
		}
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			x.Stop(t.Context(), time.Minute)
		}()
		synctest.Wait()
		close(end)
		synctest.Wait()
		if got := x.asks("late", 0); got.Refused != EditStopping {
			t.Errorf("one after the stop is %+v", got)
		}
		for i := range 3 {
			select {
			case <-stopped:
				t.Error("the stop does not wait for answers to be fetched")
			default:
			}
			if got := x.asks(strconv.Itoa(i), 0); got.Refused != "" || !got.Last {
				t.Errorf("one that was begun is %+v", got)
			}
			synctest.Wait()
		}
		<-stopped
	})
}

// Where there are too many bytes of answers, the oldest is forgotten, but not that it was
// given.
func TestExecutorForgetsAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var executed atomic.Int64
		x := executor(func(_ string, w http.ResponseWriter) {
			executed.Add(1)
			_, _ = w.Write(make([]byte, window/2))
		})
		const n = 2*maxAnswers/window + 1
		for i := range n {
			x.asks(strconv.Itoa(i), 0)
			synctest.Wait()
		}
		if got := x.asks("0", 0); got.Refused != EditForgotten {
			t.Errorf("the oldest is %+v", got.Refused)
		}
		if got := x.asks("1", 0); !got.Last || executed.Load() != n {
			t.Errorf("the next is %q, and %d were executed", got.Refused, executed.Load())
		}
		time.Sleep(remember + time.Second)
		x.asks("0", 0)
		synctest.Wait()
		if got := x.asks("0", 0); !got.Last || executed.Load() != n+1 || len(x.edits) != 1 {
			t.Errorf("after the time to remember it is %q, and %d are known", got.Refused, len(x.edits))
		}
	})
}

// Whoever writes a long answer waits for it to be fetched, and no longer than the time that a
// client has. What was fetched is not kept.
func TestAnswerIsFetchedInPieces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := bytes.Repeat([]byte("0123456789abcdef"), window/4)
		var failed error
		var most int
		x := executor(func(_ string, w http.ResponseWriter) {
			w.Header().Set("ETag", "x")
			for rest := text; len(rest) > 0 && failed == nil; {
				_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(10 * time.Second))
				n := min(len(rest), 100<<10)
				_, failed = w.Write(rest[:n])
				rest = rest[n:]
				most = max(most, w.(*answer).size())
			}
		})
		var got []byte
		for {
			piece := x.asks("1", len(got))
			if piece.Refused != "" || piece.Status != http.StatusOK || piece.ETag != "x" || piece.From != len(got) {
				t.Fatalf("a piece is %q, %d from %d", piece.Refused, piece.Status, piece.From)
			}
			if got = append(got, piece.Body...); piece.Last {
				break
			}
		}
		if !bytes.Equal(got, text) || failed != nil || most > window+100<<10 {
			t.Errorf("%d of %d bytes were fetched, %v; %d were kept", len(got), len(text), failed, most)
		}

		x.asks("2", 0)
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if !errors.Is(failed, os.ErrDeadlineExceeded) {
			t.Errorf("an answer that nobody fetches fails with %v", failed)
		}
		for from := 0; ; {
			piece := x.asks("2", from)
			if from += len(piece.Body); piece.Last {
				t.Fatal("half of an answer looks whole")
			}
			if piece.Refused == EditForgotten {
				break
			}
		}
	})
}
