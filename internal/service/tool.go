package service

import (
	"fmt"
	"os/exec"
	"strings"
)

// runTool runs a program of the service manager. Its error has what the program
// said, in one line.
func runTool(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput() //nolint:gosec // both are our own
	if err == nil {
		return nil
	}
	if said := strings.Join(strings.Fields(string(out)), " "); said != "" {
		return fmt.Errorf("%s: %w: %s", name, err, said)
	}
	return fmt.Errorf("%s: %w", name, err)
}
