package control_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"sessiond/internal/admin"
	"sessiond/internal/api"
	"sessiond/internal/control"
	"sessiond/internal/edit"
	"sessiond/internal/session"
)

// beginChanges begins a change of two sessions whose second takes so long to end when the
// daemon is to stop, and returns the lines of the answer after that of the first.
func (w *bubbled) beginChanges(longer time.Duration) *bufio.Reader {
	w.admin.many = func(ctx context.Context, items []edit.Item, tell func([]admin.Ended)) {
		tell(endedAs(items[0].Key, true))
		<-ctx.Done()
		time.Sleep(longer)
		tell([]admin.Ended{{Answer: admin.Answer{Result: edit.Result{Key: items[1].Key}}, Err: ctx.Err()}})
	}
	body := someChanges(2, "")
	conn := w.begin(fmt.Sprintf("POST /v1/changes HTTP/1.1\r\nHost: sessiond\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	lines := bufio.NewReader(resp.Body)
	readLine[api.ChangeResult](w.t, lines)
	return lines
}

// Who has files changed is told what became of each although the daemon is to stop, as far
// as the files that were begun end in time.
func TestTheEndAwaitsChanges(t *testing.T) {
	cfg := control.Config{}
	writing(&cfg)
	bubble(t, cfg, func(t *testing.T, w *bubbled) {
		lines := w.beginChanges(15 * time.Second)
		w.stop()
		if left := readLine[api.ChangeResult](t, lines); left.Problem == nil || left.Problem.Type != api.KindStopping {
			t.Errorf("the second line is %+v", left)
		}
		if last, want := readLine[api.ChangesEnd](t, lines), (api.ChangesSummary{Changed: 1, Failed: 1}); last.Summary != want {
			t.Errorf("the last line is %+v", last)
		}
	})
	bubble(t, cfg, func(t *testing.T, w *bubbled) {
		lines, began := w.beginChanges(time.Minute), time.Now()
		w.stop()
		if _, err := lines.ReadByte(); err == nil {
			t.Error("it is waited for although it takes a minute")
		}
		if took := time.Since(began); took != 20*time.Second {
			t.Errorf("it is waited for %s", took)
		}
	})
}

// Others do not get more time than before where no files are changed.
func TestTheEndAwaitsOthersBriefly(t *testing.T) {
	cfg := control.Config{}
	writing(&cfg)
	bubble(t, cfg, func(t *testing.T, w *bubbled) {
		w.daemon.refresh = func(ctx context.Context) (session.Report, error) {
			<-ctx.Done()
			return session.Report{}, ctx.Err()
		}
		running, began := w.begin("POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\n\r\n"), time.Now()
		w.stop()
		if _, err := io.Copy(io.Discard, running); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("it is waited for %s", took)
		}
	})
}
