//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// manyFollowers measures what it costs a daemon that many follow its events, while
// many files are edited as fast as they can be, and when all has been told.
func (l *lab) manyFollowers(ctx context.Context, files int) error {
	editors, err := l.editors(ctx, layout{shape: l.shape, files: files, perFolder: folderSize})
	if err != nil {
		return err
	}
	defer editors.close()
	many := 300
	if l.small {
		many = 20
	}
	n := files / 2
	what := fmt.Sprintf("%d followers, %s edits: ", many, thousands(n))
	ratio := l.report.line(what+"CPU / that with one follower", "×", "≤ 3")
	rest := l.report.line("  at rest after", "s", "≤ 1")
	alone := l.report.line("  at rest after, one follower", "s", "")
	cut := l.report.line("  followers that were cut off", "", "")
	for range l.rounds {
		for i, e := range editors.all {
			none := &flood{daemon: editors.daemons[i], editor: e, names: e.random.Perm(files)[:n]}
			if err := none.run(ctx, func() error { return nil }); err != nil {
				return err
			}
			some := &flood{daemon: editors.daemons[i], editor: e, names: e.random.Perm(files)[:n]}
			f, err := followAll(some.socket, many, e.tree.key(some.names[n-1]))
			if err != nil {
				return err
			}
			err = some.run(ctx, f.wait)
			if err != nil {
				return err
			}
			ratio.add(i, some.all.Seconds()/none.all.Seconds())
			rest.add(i, some.rest.Seconds())
			alone.add(i, none.rest.Seconds())
			cut.add(i, float64(f.cut.Load()))
		}
	}
	return nil
}

// followers follow a daemon's events until they read of one session. Those that
// are cut off come back, and go on where they were.
type followers struct {
	all sync.WaitGroup
	cut atomic.Int64
	err chan error // the first
}

func followAll(socket string, n int, last key) (*followers, error) {
	f := &followers{err: make(chan error, 1)}
	mark := []byte(`"session":"` + last.String() + `"`)
	for range n {
		w, err := dialWire(socket)
		if err != nil {
			return nil, err
		}
		lines, err := w.follow("")
		if err != nil {
			return nil, err
		}
		f.all.Go(func() {
			if err := f.follow(socket, w, lines, mark); err != nil {
				select {
				case f.err <- err:
				default:
				}
			}
		})
	}
	return f, nil
}

func (f *followers) follow(socket string, w *wire, lines *bufio.Reader, mark []byte) error {
	var revision string
	for {
		done := readUntil(lines, mark, &revision)
		w.close()
		if done {
			return nil
		}
		f.cut.Add(1)
		var err error
		if w, err = dialWire(socket); err != nil {
			return err
		}
		if lines, err = w.follow(revision); err != nil {
			w.close()
			return err
		}
	}
}

// readUntil reads events until there is one with a mark, or they end. It keeps the
// revision of the last one.
func readUntil(lines *bufio.Reader, mark []byte, revision *string) (done bool) {
	var last []byte
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil || bytes.Contains(line, []byte(`"status":`)) { // a problem, which ends the stream
			if r := member(last, "revision"); len(r) > 0 {
				*revision = string(r)
			}
			return false
		}
		if bytes.Contains(line, mark) {
			return true
		}
		last = append(last[:0], line...)
	}
}

// wait waits until all have read of the session.
func (f *followers) wait() error {
	f.all.Wait()
	select {
	case err := <-f.err:
		return err
	default:
		return nil
	}
}
