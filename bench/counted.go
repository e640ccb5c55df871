//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"

	"sessiond/internal/cli"
)

// runCounted is sessiond run, in a process that also tells, one line for each that
// it reads on standard input:
//
//	memory         → how many allocations there were since the start
//	heap           → the bytes in use after a garbage collection
//	profile FILE   → begins a CPU profile
//	stop           → ends it
//
// With PROFILE in the environment the profile begins with the process.
func runCounted(args []string) int {
	if path := os.Getenv("PROFILE"); path != "" {
		if err := beginProfile(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	go tell()
	return cli.Main(args, cli.Process{Out: os.Stderr, Err: os.Stderr, Environ: os.Environ(), Version: "0.0.0-bench"})
}

func tell() {
	orders := bufio.NewScanner(os.Stdin)
	var m runtime.MemStats
	for orders.Scan() {
		order, path, _ := strings.Cut(orders.Text(), " ")
		switch order {
		case "memory":
			runtime.ReadMemStats(&m)
			fmt.Fprintln(os.Stdout, m.Mallocs)
		case "heap":
			runtime.GC()
			runtime.GC() // what lies in a pool outlives one collection
			runtime.ReadMemStats(&m)
			fmt.Fprintln(os.Stdout, m.HeapAlloc)
		case "profile":
			fmt.Fprintln(os.Stdout, beginProfile(path))
		case "stop":
			pprof.StopCPUProfile()
			fmt.Fprintln(os.Stdout, "stopped")
		}
	}
}

func beginProfile(path string) error {
	f, err := os.Create(path) //nolint:gosec // the harness names it
	if err != nil {
		return fmt.Errorf("cannot write a profile: %w", err)
	}
	return pprof.StartCPUProfile(f) // the file is closed when the process ends
}

// counted is a daemon in such a process.
type counted struct {
	*daemon
	orders *os.File
	told   *bufio.Scanner
}

func (l *lab) startCounted(ctx context.Context, root string, env ...string) (*counted, error) {
	cmd := command(ctx, l.self, "counted", "run", "--root", root)
	in, orders, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("cannot make a pipe: %w", err)
	}
	defer in.Close()
	told, out, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot make a pipe: %w", err), orders.Close())
	}
	defer out.Close()
	cmd.Stdin, cmd.Stdout = in, out
	d, err := l.startAs(ctx, cmd, env...)
	if err != nil {
		return nil, errors.Join(err, orders.Close(), told.Close())
	}
	return &counted{daemon: d, orders: orders, told: bufio.NewScanner(told)}, nil
}

func (c *counted) end() {
	c.daemon.end()
	_ = c.orders.Close()
}

// order sends a line and returns the one that answers it.
func (c *counted) order(line string) (string, error) {
	if _, err := fmt.Fprintln(c.orders, line); err != nil {
		return "", fmt.Errorf("cannot ask a counted daemon: %w", err)
	}
	if !c.told.Scan() {
		return "", errors.New("a counted daemon does not answer")
	}
	return c.told.Text(), nil
}

// number sends a line that is answered with a number.
func (c *counted) number(line string) (float64, error) {
	answer, err := c.order(line)
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(answer, 64)
}
