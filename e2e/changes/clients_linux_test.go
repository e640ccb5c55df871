//go:build unix

package changes

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// Of two administrators who change the same sessions at once, one changes each, and the other
// is told that it is not what it was.
func TestTwoAdministrators(t *testing.T) {
	const files = 2500
	p := newPlaces(harness.RoomyFolder(t))
	harness.Fill(t, p.root, app, files)
	d := harness.Launch(t, p.root, p.args()...)
	request := showAll(t, d, hold())
	var mu sync.Mutex
	changed, stale := map[session.Key]int{}, map[session.Key]int{}
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			_, err := d.AnotherClient().MakeChanges(context.WithoutCancel(t.Context()), request, func(line api.ChangeResult) {
				mu.Lock()
				defer mu.Unlock()
				switch {
				case line.Problem == nil && line.Changed:
					changed[line.Session]++
				case line.Problem != nil && line.Problem.Type == api.KindChangedSince:
					stale[line.Session]++
				default:
					t.Errorf("told: %+v", line)
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	for _, item := range request.Sessions {
		if changed[item.Session] != 1 || stale[item.Session] != 1 {
			t.Fatalf("%q was changed %d times, and refused %d times", item.Session, changed[item.Session], stale[item.Session])
		}
	}
}

// Many deletions at once, which the daemon has made itself, are no reason to warn that many
// files are gone, nor to keep any session.
func TestDeletionsAreNoAlarm(t *testing.T) {
	const files = 3000
	p := newPlaces(harness.ShortFolder(t)) // a disk takes its time: passes come in between
	harness.Fill(t, p.root, app, files)
	d := harness.Launch(t, p.root, p.args()...)
	sum, err := d.MakeChanges(t.Context(), showAll(t, d, api.Changes{Delete: true}), func(api.ChangeResult) {})
	if err != nil || sum.Changed != files {
		t.Errorf("%+v: %v", sum, err)
	}
	if s := d.Loads(t, 0); len(s.Hints) > 0 {
		t.Errorf("the hints are %+v", s.Hints)
	}
	log, err := os.ReadFile(d.LogFile())
	harness.Must(t, err)
	if !strings.Contains(string(log), `"trigger":"watch"`) {
		t.Error("no pass came in between")
	}
	for line := range strings.Lines(string(log)) {
		if strings.Contains(line, `"level":"warn"`) {
			t.Errorf("the log has the line %s", line)
		}
	}
}

// A client that goes away in the middle ends nothing.
func TestClientLeaves(t *testing.T) {
	const files = 2500
	p := newPlaces(harness.RoomyFolder(t))
	harness.Fill(t, p.root, app, files)
	d := harness.Launch(t, p.root, p.args()...)
	request := showAll(t, d, hold())
	ctx, leave := context.WithCancel(t.Context())
	_, err := d.MakeChanges(ctx, request, func(api.ChangeResult) { leave() })
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	d.Reach(t, "done with all", func(s *api.Status) bool { return s.Pending == files })
}

// A client that does not read its answer, of which the kernel takes but a part, holds up
// neither its changes nor other clients. Each line is there once it reads.
func TestClientDoesNotRead(t *testing.T) {
	const files = 5000
	p := newPlaces(harness.RoomyFolder(t))
	harness.Fill(t, p.root, app, files)
	d := harness.Launch(t, p.root, p.args()...)
	request := showAll(t, d, hold())
	body, err := json.Marshal(request)
	harness.Must(t, err)
	conn, err := net.Dial("unix", d.Socket)
	harness.Must(t, err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "POST /v1/changes HTTP/1.1\r\nHost: sessiond\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	harness.Must(t, err)
	d.Reach(t, "done with all", func(s *api.Status) bool { return s.Pending == files })

	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	harness.Must(t, err)
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for n := range files {
		var line api.ChangeResult
		if !lines.Scan() {
			t.Fatalf("there are %d lines: %v", n, lines.Err())
		}
		harness.Must(t, json.Unmarshal(lines.Bytes(), &line))
		if line.Problem != nil || !line.Changed {
			t.Errorf("told: %+v", line)
		}
		isHeldAsTold(t, p.root, line)
	}
	var end api.ChangesEnd
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &end) != nil || end.Summary.Changed != files {
		t.Errorf("the last line is %s: %v", lines.Bytes(), lines.Err())
	}
}
