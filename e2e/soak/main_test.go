//go:build soak && unix

package soak

import (
	"os"
	"testing"

	"sessiond/e2e/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }
