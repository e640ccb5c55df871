package control_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/api"
	"sessiond/internal/control"
	"sessiond/internal/control/socket/sockettest"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// bench is a server and a bare handler of net/http that writes the same bytes,
// each asked for one session over one kept-alive connection.
type bench struct {
	ours, bare asker
}

func newBench(tb testing.TB) bench {
	tb.Helper()
	d := &daemon{ready: make(chan struct{})}
	close(d.ready)
	s := store.New(start())
	filled := session.Outcome{Report: session.Report{StartedAt: start()}}
	for _, one := range sessions(contactApp, 1000) {
		filled.Changes = append(filled.Changes, session.MemoryChange{Session: one, Kind: session.ChangeAdmitted})
	}
	s.Apply(filled)
	key := filled.Changes[500].Session.Key()
	found, _ := s.View().Get(key)
	body := append(api.AppendDetail(nil, found), '\n')

	server := control.New(control.Config{Refresher: d, Store: s, Log: zap.NewNop(), Administrator: &administrator{}})
	ours := newAsker(tb, key.String(), func(ctx context.Context, ln net.Listener) error { return server.Serve(ctx, ln) })
	bare := newAsker(tb, key.String(), func(ctx context.Context, ln net.Listener) error {
		// No limits of time: as bare as can be.
		srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.Header().Set("Cache-Control", "no-store")
			_, _ = w.Write(body)
		})}
		defer context.AfterFunc(ctx, func() { _ = srv.Close() })()
		_ = srv.Serve(ln)
		return nil
	})
	return bench{ours, bare}
}

// asker asks for one session again and again, at as little cost as possible.
type asker struct {
	conn    net.Conn
	answers *bufio.Reader
	request []byte
}

// newAsker connects to a server that serves while the test runs.
func newAsker(tb testing.TB, key string, serve func(context.Context, net.Listener) error) asker {
	tb.Helper()
	ln, path := sockettest.Listen(tb)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- serve(ctx, ln) }()
	conn, err := sockettest.Dial(path, patience)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = conn.Close()
		cancel()
		if err := <-ended; err != nil {
			tb.Error(err)
		}
	})
	return asker{conn, bufio.NewReader(conn), []byte("GET /v1/sessions/" + key + " HTTP/1.1\r\nHost: sessiond\r\n\r\n")}
}

// ask sends a request and reads the answer.
func (a *asker) ask(tb testing.TB) {
	if _, err := a.conn.Write(a.request); err != nil {
		tb.Fatal(err)
	}
	length := 0
	for {
		line, err := a.answers.ReadSlice('\n')
		if err != nil {
			tb.Fatal(err)
		}
		if len(line) == 2 {
			break
		}
		const name = "Content-Length: "
		if len(line) > len(name) && string(line[:len(name)]) == name {
			for _, digit := range line[len(name) : len(line)-2] {
				length = 10*length + int(digit-'0')
			}
		}
	}
	if length == 0 {
		tb.Fatal("an answer without a length")
	}
	if _, err := io.CopyN(io.Discard, a.answers, int64(length)); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkOneSession asks both in turn, so that what else the machine does is the
// same for both, and reports the median of the ratios of the requests a second.
func BenchmarkOneSession(b *testing.B) {
	const turn = 20
	both := newBench(b)
	took := func(a *asker) float64 {
		began := time.Now()
		for range turn {
			a.ask(b)
		}
		return float64(time.Since(began))
	}
	var ratios []float64
	for b.Loop() {
		ours, bare := took(&both.ours), took(&both.bare)
		ratios = append(ratios, bare/ours)
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "ours/bare")
}

// BenchmarkOurs is for profiles.
func BenchmarkOurs(b *testing.B) {
	both := newBench(b)
	b.ReportAllocs()
	for b.Loop() {
		both.ours.ask(b)
	}
}

func BenchmarkBare(b *testing.B) {
	both := newBench(b)
	b.ReportAllocs()
	for b.Loop() {
		both.bare.ask(b)
	}
}
