//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// reader asks for sessions over one kept-alive connection.
type reader struct {
	*wire
	requests  [][]byte
	next      int
	durations []time.Duration
}

// newReader returns a reader of a thousand sessions from all over the tree. The
// bare handler gets the same requests.
func newReader(socket string, t *tree) (*reader, error) {
	w, err := dialWire(socket)
	if err != nil {
		return nil, err
	}
	r := &reader{wire: w}
	for n := range 1000 {
		key, _ := t.session(n * 7919 % t.files)
		r.requests = append(r.requests, request("GET", "/v1/sessions/"+string(key)))
	}
	return r, nil
}

// ask asks once and keeps how long the answer took.
func (r *reader) ask() error {
	began := time.Now()
	_, err := r.do(r.requests[r.next%len(r.requests)])
	r.durations = append(r.durations, time.Since(began))
	r.next++
	return err
}

// forget begins anew with the durations.
func (r *reader) forget() { r.durations = slices.Grow(r.durations[:0], 1<<16) }

// pair is the daemon and the bare handler, with a reader of each.
type pair struct {
	daemon       *daemon
	bare         *bare
	ours, theirs *reader
}

// newPair starts both. The bare handler writes the answer about one session.
func (l *lab) newPair(ctx context.Context, t *tree) (*pair, error) {
	p := &pair{}
	var err error
	if p.daemon, err = l.startDaemon(ctx, t.root); err != nil {
		return nil, err
	}
	if err := p.daemon.aged(ctx, t.files); err != nil {
		return nil, err
	}
	if p.ours, err = newReader(p.daemon.socket, t); err != nil {
		return nil, err
	}
	body, err := p.ours.do(p.ours.requests[0])
	if err != nil {
		return nil, err
	}
	if p.bare, err = l.startBare(ctx, body); err != nil {
		return nil, err
	}
	p.theirs, err = newReader(p.bare.socket, t)
	return p, err
}

func (p *pair) close() {
	p.ours.close()
	p.theirs.close()
	p.bare.end()
	p.daemon.end()
}

// requests measures how many sessions a second can be asked for over one
// connection.
func (l *lab) requests(ctx context.Context, files int) error {
	n := 20_000
	if l.small {
		n = 500
	}
	t, err := l.tree(ctx, files)
	if err != nil {
		return err
	}
	p, err := l.newPair(ctx, t)
	if err != nil {
		return err
	}
	defer p.close()
	var ours, theirs, oursLate, theirsLate []float64
	for round := range l.rounds + 1 {
		bare, err := p.theirs.rate(n)
		if err != nil {
			return err
		}
		daemon, err := p.ours.rate(n)
		if err != nil {
			return err
		}
		if round == 0 {
			continue // to warm up
		}
		ours, theirs = append(ours, daemon), append(theirs, bare)
		oursLate = append(oursLate, float64(percentile(p.ours.durations, 99)))
		theirsLate = append(theirsLate, float64(percentile(p.theirs.durations, 99)))
	}
	l.report.add("GET one session, requests a second / bare net/http", "×", "at least 0.85", ratios(ours, theirs))
	l.report.add("  the same, p99 / bare net/http", "×", "", ratios(oursLate, theirsLate))
	l.report.keep("GET requests a second", ours)
	l.report.keep("bare requests a second", theirs)
	l.report.keep("GET p99", oursLate)
	l.report.keep("bare p99", theirsLate)
	return nil
}

// rate asks n times and returns how many answers came in a second.
func (r *reader) rate(n int) (float64, error) {
	r.forget()
	began := time.Now()
	for range n {
		if err := r.ask(); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(began).Seconds(), nil
}

// requestsInPass measures the latency of the same requests while passes run, one
// after another without a pause; for the bare handler, while the floor program
// does the same work.
func (l *lab) requestsInPass(ctx context.Context, files int) error {
	long := 4 * time.Second
	if l.small {
		long = time.Second
	}
	t, err := l.tree(ctx, files)
	if err != nil {
		return err
	}
	p, err := l.newPair(ctx, t)
	if err != nil {
		return err
	}
	defer p.close()
	var ours, theirs, oursMiddle, theirsMiddle, counts []float64
	for range l.rounds {
		if err := l.besideFloor(ctx, p.theirs, t, long); err != nil {
			return err
		}
		if err := besidePasses(p, t, long); err != nil {
			return err
		}
		ours = append(ours, float64(percentile(p.ours.durations, 99)))
		theirs = append(theirs, float64(percentile(p.theirs.durations, 99)))
		oursMiddle = append(oursMiddle, float64(percentile(p.ours.durations, 50)))
		theirsMiddle = append(theirsMiddle, float64(percentile(p.theirs.durations, 50)))
		counts = append(counts, float64(min(len(p.ours.durations), len(p.theirs.durations))))
	}
	at := thousands(files)
	l.report.add("GET while passes over "+at+" run, p99 / bare beside C floor", "×", "1.5", ratios(ours, theirs))
	l.report.add("  the same, p50", "×", "", ratios(oursMiddle, theirsMiddle))
	l.report.keep("GET in passes p99 "+at, ours)
	l.report.keep("bare beside floor p99 "+at, theirs)
	l.report.keep("GET in passes p50 "+at, oursMiddle)
	l.report.keep("bare beside floor p50 "+at, theirsMiddle)
	l.report.keep("requests of a round, at least "+at, counts)
	return nil
}

// besideFloor asks while the floor program looks at the tree again and again.
func (l *lab) besideFloor(ctx context.Context, r *reader, t *tree, long time.Duration) error {
	floor, err := startBackground(ctx, l.floor, "look", t.root, "2", "loop")
	if err != nil {
		return err
	}
	defer floor.end()
	go func() {
		for _, err := floor.next(); err == nil; { // it must not wait for a reader
			_, err = floor.next()
		}
	}()
	r.forget()
	for end := time.Now().Add(long); time.Now().Before(end); {
		if err := r.ask(); err != nil {
			return err
		}
	}
	return nil
}

// besidePasses asks while full passes run. A request counts if a pass was asked
// for and not answered when it began.
func besidePasses(p *pair, t *tree, long time.Duration) error {
	passes, err := dialWire(p.daemon.socket)
	if err != nil {
		return err
	}
	defer passes.close()
	end := time.Now().Add(long)
	failed := make(chan error, 1)
	go func() {
		var err error
		for err == nil && time.Now().Before(end) {
			_, err = timedPass(passes, t.files)
		}
		failed <- err
	}()
	p.ours.forget()
	for {
		select {
		case err := <-failed:
			if err != nil {
				return fmt.Errorf("cannot pass meanwhile: %w", err)
			}
			return nil
		default:
			if err := p.ours.ask(); err != nil {
				return err
			}
		}
	}
}
