//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// reader asks for sessions over one kept-alive connection.
type reader struct {
	*wire
	requests  [][]byte
	next      int
	durations []float64 // milliseconds
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
		r.requests = append(r.requests, request("GET", "/v1/sessions/"+t.key(n*7919%t.files).String()))
	}
	return r, nil
}

// ask asks once and keeps how long the answer took.
func (r *reader) ask() error {
	began := time.Now()
	_, err := r.do(r.requests[r.next%len(r.requests)])
	r.durations = append(r.durations, milliseconds(time.Since(began)))
	r.next++
	return err
}

// forget begins again with the durations.
func (r *reader) forget() { r.durations = slices.Grow(r.durations[:0], 1<<16) }

// pairs are daemons and the bare handler, with a reader of each.
type pairs struct {
	askers askers
	bare   *bare
	ours   []*reader
	theirs *reader
}

// newPairs starts them. The bare handler writes the answer about one session.
func (l *lab) newPairs(ctx context.Context, t *tree) (p *pairs, err error) {
	p = &pairs{}
	if p.askers, err = l.askers(ctx, l.each(t)); err != nil {
		return nil, err
	}
	for _, a := range p.askers {
		r, err := newReader(a.socket, t)
		if err != nil {
			return nil, err
		}
		p.ours = append(p.ours, r)
	}
	body, err := p.ours[0].do(p.ours[0].requests[0])
	if err != nil {
		return nil, err
	}
	if p.bare, err = l.startBare(ctx, body); err != nil {
		return nil, err
	}
	p.theirs, err = newReader(p.bare.socket, t)
	return p, err
}

func (p *pairs) close() {
	for _, r := range p.ours {
		r.close()
	}
	p.theirs.close()
	p.bare.end()
	p.askers.close()
}

// requests measures how many sessions a second can be asked for over one
// connection, and over many at once.
func (l *lab) requests(ctx context.Context, files int) error {
	long := 1500 * time.Millisecond
	if l.small {
		long = 100 * time.Millisecond
	}
	t, err := l.usual(ctx, files)
	if err != nil {
		return err
	}
	p, err := l.newPairs(ctx, t)
	if err != nil {
		return err
	}
	defer p.close()
	for _, connections := range []int{1, 16, 1000} {
		ratio := l.report.line(fmt.Sprintf("GET one session, %s connections / bare net/http", thousands(connections)), "×", "≥ 0.8")
		crowds := make([]crowd, len(l.binaries)) // and that of the bare handler
		for i := range crowds {
			if crowds[i], err = newCrowd(p.askers[i].socket, p.ours[i].requests, connections); err != nil {
				return err
			}
		}
		bare, err := newCrowd(p.bare.socket, p.theirs.requests, connections)
		if err != nil {
			return err
		}
		for round := range l.rounds + 1 {
			theirs, err := bare.rate(long)
			if err != nil {
				return err
			}
			for i := range crowds {
				ours, err := crowds[i].rate(long)
				if err != nil {
					return err
				}
				if round > 0 { // the first is to warm up
					ratio.add(i, ours/theirs)
				}
			}
		}
		bare.close()
		for _, c := range crowds {
			c.close()
		}
	}
	return nil
}

// crowd asks over many connections, one request after the other on each.
type crowd []*reader

func newCrowd(socket string, requests [][]byte, n int) (crowd, error) {
	var all crowd
	for i := range n {
		w, err := dialWire(socket)
		if err != nil {
			all.close()
			return nil, err
		}
		all = append(all, &reader{wire: w, requests: requests, next: i})
	}
	return all, nil
}

// rate asks for so long and returns how many answers came in a second.
func (c crowd) rate(long time.Duration) (float64, error) {
	var all sync.WaitGroup
	failed := make([]error, len(c))
	answers := make([]int, len(c))
	began := time.Now()
	end := began.Add(long)
	for i, r := range c {
		all.Go(func() {
			for failed[i] == nil && time.Now().Before(end) {
				_, failed[i] = r.do(r.requests[r.next%len(r.requests)])
				r.next++
				answers[i]++
			}
		})
	}
	all.Wait()
	took := time.Since(began).Seconds()
	total := 0
	for _, n := range answers {
		total += n
	}
	return float64(total) / took, errors.Join(failed...)
}

func (c crowd) close() {
	for _, r := range c {
		r.close()
	}
}
