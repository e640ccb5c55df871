package winpath

import (
	"strings"
	"testing"
)

func TestExtended(t *testing.T) {
	long := strings.Repeat(`\folder`, 40)
	for path, want := range map[string]string{
		`C:\short`:              `C:\short`,
		`\\SERVER\share\short`:  `\\SERVER\share\short`,
		`C:` + long:             `\\?\C:` + long,
		`\\SERVER\share` + long: `\\?\UNC\SERVER\share` + long,
		`\\?\C:` + long:         `\\?\C:` + long,
		`\\.\C:` + long:         `\\.\C:` + long,
		`relative` + long:       `relative` + long,
		`C:` + long[:245]:       `C:` + long[:245],
		`C:` + long[:246]:       `\\?\C:` + long[:246],
	} {
		if got := Extended(path); got != want {
			t.Errorf("%s is extended to %s, want %s", path, got, want)
		}
	}
}
