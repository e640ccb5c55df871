//go:build unix

package changes

import (
	"os"
	"testing"

	"sessiond/e2e/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }
