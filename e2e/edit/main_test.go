//go:build unix

package edit

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if os.Getenv(childTree) != "" {
		os.Exit(child())
	}
	os.Exit(m.Run())
}
