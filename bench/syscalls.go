//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// calls are the system calls of a process, by name.
type calls map[string]float64

// runtimeCalls are those by which Go's scheduler, timers and memory go about
// their work. How many there are depends on how the threads happen to run, and
// under strace they run differently.
func runtimeCalls() []string {
	return []string{
		"futex", "epoll_pwait", "epoll_wait", "epoll_ctl", "nanosleep", "sched_yield", "tgkill", "getpid", "rt_sigreturn",
		"rt_sigprocmask", "sigaltstack", "madvise", "mmap", "munmap", "mprotect", "clone", "clone3", "gettid",
		"restart_syscall", "set_robust_list", "rseq", "exit", "prctl",
		affinityCall,
	}
}

// Once a second Go looks at how many processors there are: it asks for the affinity
// and reads a file of the control group, as the daemon reads the files of sessions.
const (
	affinityCall = "sched_getaffinity"
	readCall     = "pread64"
)

// total returns how many calls the daemon itself made: all but the runtime's.
func (c calls) total() float64 {
	n := -min(c[affinityCall], c[readCall])
	for name, count := range c {
		if !slices.Contains(runtimeCalls(), name) {
			n += count
		}
	}
	return n
}

// tracer counts the system calls of a process.
type tracer struct {
	strace *background
	out    string
}

// errNoStrace says what is to be done where there is none.
var errNoStrace = errors.New("there is no strace (Debian: apt-get install strace)")

// trace begins to count the system calls of a process.
func (l *lab) trace(ctx context.Context, pid int) (*tracer, error) {
	if !installed("strace") {
		return nil, errNoStrace
	}
	t := &tracer{out: filepath.Join(l.temp, "strace")}
	cmd := command(ctx, "strace", "-f", "-c", "-o", t.out, "-p", strconv.Itoa(pid))
	var err error
	if t.strace, err = startPrepared(cmd); err != nil {
		return nil, err
	}
	for limit := time.Now().Add(time.Minute); ; {
		all, err := traced(pid)
		switch {
		case err != nil:
			t.strace.end()
			return nil, err
		case all:
			return t, nil
		case time.Now().After(limit):
			t.strace.end()
			return nil, errors.New("strace does not get hold of the daemon; may this user trace processes?")
		}
		if err := wait(ctx, 10*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// traced reports whether every thread of a process is traced.
func traced(pid int) (bool, error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(threads) == 0 {
		return false, fmt.Errorf("cannot look at the threads of process %d: %w", pid, errors.Join(err, os.ErrNotExist))
	}
	for _, thread := range threads {
		text, err := os.ReadFile(thread)
		if err == nil && strings.Contains(string(text), "TracerPid:\t0\n") {
			return false, nil
		}
	}
	return true, nil
}

// end ends the counting and returns the counts.
func (t *tracer) end() (calls, error) {
	_ = t.strace.cmd.Process.Signal(os.Interrupt) // strace then lets go and writes its summary
	_ = t.strace.cmd.Wait()                       // it ends with the signal's status
	text, err := os.ReadFile(t.out)
	if err != nil {
		return nil, fmt.Errorf("cannot read what strace counted: %w", err)
	}
	return parseCalls(string(text)), nil
}

// parseCalls reads the summary of strace -c: the fourth column counts, the last
// one names.
func parseCalls(text string) calls {
	found := make(calls)
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 5 || fields[len(fields)-1] == "total" {
			continue
		}
		if n, err := strconv.ParseFloat(fields[3], 64); err == nil {
			found[fields[len(fields)-1]] += n
		}
	}
	return found
}

// minus returns the calls that are not among those of another count.
func (c calls) minus(other calls) calls {
	rest := make(calls, len(c))
	for name, n := range c {
		rest[name] = max(0, n-other[name])
	}
	return rest
}

// String names the calls, the most frequent first.
func (c calls) String() string {
	names := make([]string, 0, len(c))
	for name := range c {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return 2*int(max(-1, min(1, c[b]-c[a]))) + strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %s", name, short(c[name]))
	}
	return strings.Join(names, ", ")
}

// by divides the counts.
func (c calls) by(n float64) calls {
	each := make(calls, len(c))
	for name, count := range c {
		each[name] = count / n
	}
	return each
}
