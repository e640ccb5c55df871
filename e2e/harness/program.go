//go:build unix

package harness

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"

	// The go tool takes an earlier result for valid as long as nothing has changed
	// that the tests import: that must be all of the program.
	_ "sessiond/internal/cli"
)

// Main runs the tests of a package, with the built program in a folder that comes first
// in their PATH. It returns what a TestMain exits with.
func Main(m *testing.M) int {
	folder, err := os.MkdirTemp("", "sessiond-e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	// One test runs the program as another user.
	if err := errors.Join(os.Chmod(folder, 0o755), build(folder)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	err = errors.Join(
		os.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH")),
		// With the race detector, each program would rest for a second at its end.
		os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE")),
	)
	if !UnderRace() {
		// These tests wait most of the time, so more of them run at once than there are
		// processors. What the command line says of it still counts.
		err = errors.Join(err, flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// Version is what the program under test says that it is.
const Version = "1.2.3-e2e"

// build builds the program, with the race detector where these tests have it.
func build(folder string) error {
	args := []string{
		"build", "-o", filepath.Join(folder, "sessiond"),
		// A work tree of another owner or without its history is no reason to fail.
		"-buildvcs=false",
		"-ldflags", "-X main.version=" + Version,
	}
	if UnderRace() {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, "sessiond/cmd/sessiond")...)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("cannot build the program under test: %w", err)
	}
	return nil
}

// UnderRace reports whether the tests, and so the program, have the race detector.
func UnderRace() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
