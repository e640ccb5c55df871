//go:build linux

// Command bench measures sessiond beside floors and peers, and one build of it
// beside another: what is compared is measured by turns in one run, since absolute
// times mean nothing on machines that others use too. docs/PERFORMANCE.md tells
// the method.
//
// It drives the real daemon from outside, over its socket. Only allocations are
// counted inside, in a process of this program that runs the same daemon
// (subcommand "counted"), and what writing a file costs is measured in this one.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

func main() {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "counted":
			os.Exit(runCounted(os.Args[2:]))
		case "bare":
			os.Exit(runBare(os.Args[2:]))
		}
	}
	os.Exit(runBench(os.Args[1:]))
}

func runBench(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, args, os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 2
	case err != nil:
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		return 1
	}
	return 0
}

// options are what the flags say.
type options struct {
	small   bool
	million bool
	peers   bool
	files   int
	rounds  int
	edits   int
	seed    uint64
	rows    string
	trees   string
	jsonOut string
	profile string
	// The binaries that are measured.
	sessiond, against string
	shape             string
}

// run measures what the arguments ask for and prints it on out; err takes the
// progress.
func run(ctx context.Context, args []string, out, progress io.Writer) (err error) {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.BoolVar(&o.small, "small", false, "small trees and two rounds, to see that everything works; holds the counts against their limits")
	flags.BoolVar(&o.million, "million", false, "also measure at 1,000,000 sessions (5 GB of disk, a quarter of an hour)")
	flags.IntVar(&o.files, "files", 0, "files of the trees that most rows use (default: 100,000; 2,000 with -small)")
	flags.BoolVar(&o.peers, "peers", false, "measure peers, where installed: find, git, watchman, redis-server, hyperfine")
	flags.IntVar(&o.rounds, "rounds", 7, "how often each thing is measured, by turns with what it is compared with")
	flags.IntVar(&o.edits, "edits", 30, "edits of each kind in a round")
	flags.Uint64Var(&o.seed, "seed", 1, "what the generated trees are made from")
	flags.StringVar(&o.rows, "rows", "", "only these rows, with commas between: "+strings.Join(rowNames(), ", "))
	flags.StringVar(&o.trees, "trees", "", "keep the generated trees in this folder and use those that are there (default: a temporary one)")
	flags.StringVar(&o.jsonOut, "json", "", "write the raw figures to this file")
	flags.StringVar(&o.profile, "profile", "", "write CPU profiles of a load, of passes and of requests into this folder instead of measuring")
	flags.StringVar(&o.sessiond, "sessiond", "", "the daemon to measure (default: built from this tree)")
	flags.StringVar(&o.against, "against", "", "another daemon, measured beside it in the same rounds")
	flags.StringVar(&o.shape, "shape", mixed, "what the session files look like: "+mixed+", or all of one shape: "+strings.Join(shapeNames(), ", "))
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("cannot take %q: there are flags only", flags.Arg(0))
	}
	if o.shape != mixed && !slices.Contains(shapeNames(), o.shape) {
		return fmt.Errorf("cannot make files of the shape %q: there are %s, %s", o.shape, mixed, strings.Join(shapeNames(), ", "))
	}
	if o.small {
		o.rounds, o.edits = 2, 3
	}

	l, err := newLab(ctx, o, progress)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	if o.profile != "" {
		return l.profile(ctx, o.profile)
	}
	if err := l.measure(ctx, o); err != nil {
		return err
	}
	l.report.show(out)
	if o.jsonOut != "" {
		if err := l.report.writeJSON(o.jsonOut); err != nil {
			return err
		}
	}
	return l.report.failed()
}

// row is a part of the table, measured over trees of some size.
type row struct {
	name    string
	measure func(l *lab, ctx context.Context, files int) error
}

// rows returns the parts of the table of goals, in its order.
func rows() []row {
	return []row{
		{"pass", (*lab).fullPass},
		{"start", (*lab).startUp},
		{"shapes", (*lab).shapesAlone},
		{"edit", (*lab).editToVisible},
		{"beside", (*lab).editBeside},
		{"write", (*lab).writeFile},
		{"many", (*lab).writeMany},
		{"folders", (*lab).manyFolders},
		{"follow", (*lab).manyFollowers},
		{"storm", (*lab).storm},
		{"rejected", (*lab).manyRejected},
		{"watch", (*lab).watchPass},
		{"idle", (*lab).idle},
		{"get", (*lab).requests},
		{"busy", (*lab).requestsInPass},
		{"check", (*lab).checks},
		{"check-busy", (*lab).checksInPass},
		{"cluster", (*lab).clusters},
		{"counts", (*lab).counts},
	}
}

func rowNames() []string {
	var names []string
	for _, r := range rows() {
		names = append(names, r.name)
	}
	return names
}

// measure measures the chosen rows at each size that they are shown at.
func (l *lab) measure(ctx context.Context, o options) error {
	chosen := strings.FieldsFunc(o.rows, func(r rune) bool { return r == ',' })
	for _, name := range chosen {
		if !slices.Contains(rowNames(), name) {
			return fmt.Errorf("cannot measure %q: the rows are %s", name, strings.Join(rowNames(), ", "))
		}
	}
	if o.peers {
		return l.peers(ctx, l.sizes.usual)
	}
	for _, r := range rows() {
		if len(chosen) > 0 && !slices.Contains(chosen, r.name) {
			continue
		}
		for _, files := range l.sizes.of(r.name) {
			l.say("%s at %s sessions", r.name, thousands(files))
			if err := r.measure(l, ctx, files); err != nil {
				return fmt.Errorf("cannot measure %s at %s sessions: %w", r.name, thousands(files), err)
			}
		}
	}
	return nil
}

// sizes are how many files the trees have.
type sizes struct {
	low, usual int
	high       int // 0 where it is not asked for
	counted    int // what is traced call by call need not be large
}

func newSizes(o options) sizes {
	s := sizes{low: 1_000, usual: 100_000, counted: 2_000}
	if o.small {
		s = sizes{low: 200, usual: 2_000, counted: 2_000}
	}
	if o.files > 0 {
		s.usual = o.files
	}
	if o.million {
		s.high = 1_000_000
	}
	return s
}

// of returns the sizes that a row is shown at.
func (s sizes) of(row string) []int {
	sizes := []int{s.usual}
	switch row {
	case "watch":
		sizes = []int{s.low, s.usual}
	case "counts":
		return []int{s.counted}
	case "write":
		return []int{s.low}
	case "shapes":
		return []int{s.usual / 5}
	case "edit", "beside", "folders", "follow", "storm", "rejected", "idle", "get", "check":
		return sizes
	case "busy", "check-busy":
		if s.high > 0 {
			return []int{s.high}
		}
	}
	if s.high > 0 {
		sizes = append(sizes, s.high)
	}
	return sizes
}
