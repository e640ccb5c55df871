//go:build !windows

package daemon

import (
	"testing"

	"sessiond/internal/config"
)

func TestPlaces(t *testing.T) {
	units := map[string]string{"STATE_DIRECTORY": "/s:/other", "LOGS_DIRECTORY": "/l", "HOME": "/home/a"}
	for name, test := range map[string]struct {
		settings config.Settings
		uid      int
		env      map[string]string
		want     places
	}{
		"named":                {config.Settings{Write: true, TrashDir: "/t", AuditLog: "/a"}, 0, units, places{"/t", "/a"}},
		"under systemd":        {config.Settings{Write: true}, 990, units, places{"/s/trash", "/l/audit.jsonl"}},
		"it, without writing":  {config.Settings{}, 990, units, places{"/s/trash", "/l/audit.jsonl"}},
		"root":                 {config.Settings{Write: true}, 0, map[string]string{"HOME": "/root"}, places{"/var/lib/sessiond/trash", "/var/log/sessiond/audit.jsonl"}},
		"root without writing": {config.Settings{}, 0, map[string]string{"HOME": "/root"}, places{}},
		"a user": {
			config.Settings{Write: true},
			1000,
			map[string]string{"HOME": "/home/a"},
			places{"/home/a/.local/state/sessiond/trash", "/home/a/.local/state/sessiond/audit.jsonl"},
		},
		"a user's own place": {
			config.Settings{Write: true},
			1000,
			map[string]string{"HOME": "/home/a", "XDG_STATE_HOME": "/x"},
			places{"/x/sessiond/trash", "/x/sessiond/audit.jsonl"},
		},
		"a relative place": {
			config.Settings{Write: true},
			1000,
			map[string]string{"HOME": "/home/a", "XDG_STATE_HOME": "x"},
			places{"/home/a/.local/state/sessiond/trash", "/home/a/.local/state/sessiond/audit.jsonl"},
		},
		"no home": {config.Settings{Write: true}, 1000, nil, places{}},
	} {
		got := placesOf(test.settings, test.uid, func(name string) string { return test.env[name] })
		if got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}
