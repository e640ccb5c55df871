//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"
)

// besideRedis compares what the sessions take in memory with the same files as
// strings in Redis, each under its key; both without what an empty one takes.
func (l *lab) besideRedis(ctx context.Context, t *tree) error {
	socket := filepath.Join(l.temp, "redis")
	server, err := startBackground(ctx, "redis-server", "--port", "0", "--unixsocket", socket,
		"--save", "", "--appendonly", "no", "--dir", l.temp)
	if err != nil {
		return err
	}
	defer server.end()
	for line := ""; !strings.Contains(line, "Ready to accept connections") && !strings.Contains(line, "ready to accept connections"); {
		if line, err = server.next(); err != nil {
			return err
		}
	}
	go func() {
		for _, err := server.next(); err == nil; {
			_, err = server.next()
		}
	}()
	if err := wait(ctx, time.Second); err != nil {
		return err
	}
	before, err := residentBytes(server.cmd.Process.Pid)
	if err != nil {
		return err
	}
	if err := fill(socket, t); err != nil {
		return err
	}
	after, err := residentBytes(server.cmd.Process.Pid)
	if err != nil {
		return err
	}
	redis := (after - before) / float64(t.files)

	var ours []float64
	for range min(l.rounds, 3) { // memory differs little
		full, err := l.life(ctx, 0, t.root, t.files)
		if err != nil {
			return err
		}
		none, err := l.life(ctx, 0, l.emptyRoot(), 0)
		if err != nil {
			return err
		}
		ours = append(ours, (full.resident-none.resident)/float64(t.files)/redis)
	}
	l.report.line("resident memory, "+thousands(t.files)+" sessions / Redis with the same strings", "×", "").add(0, ours...)
	return nil
}

// fill sets a string for each session.
func fill(socket string, t *tree) error {
	conn, err := net.Dial("unix", socket) //nolint:forbidigo // it is not sessiond's
	if err != nil {
		return fmt.Errorf("cannot connect: %w", err)
	}
	defer conn.Close()
	sent := make(chan error, 1)
	go func() {
		w := bufio.NewWriter(conn)
		for i := range t.files {
			k, data := t.session(i, 0)
			key := k.String()
			fmt.Fprintf(w, "*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n", len(key), key, len(data), data)
		}
		sent <- w.Flush()
	}()
	answers := bufio.NewScanner(conn)
	for range t.files {
		if !answers.Scan() || answers.Text() != "+OK" {
			return errors.Join(answers.Err(), fmt.Errorf("%w: %q", errAnswer, answers.Text()))
		}
	}
	return <-sent
}
