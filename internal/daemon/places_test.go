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
		"named":                {config.Settings{Write: true, TrashDir: "/t", AuditLog: "/a", SeenFile: "/n"}, 0, units, places{"/t", "/a", "/n"}},
		"under systemd":        {config.Settings{Write: true}, 990, units, places{"/s/trash", "/l/audit.jsonl", "/s/seen"}},
		"it, without writing":  {config.Settings{}, 990, units, places{"/s/trash", "/l/audit.jsonl", "/s/seen"}},
		"root":                 {config.Settings{Write: true}, 0, map[string]string{"HOME": "/root"}, places{"/var/lib/sessiond/trash", "/var/log/sessiond/audit.jsonl", "/var/lib/sessiond/seen"}},
		"root without writing": {config.Settings{}, 0, map[string]string{"HOME": "/root"}, places{seen: "/var/lib/sessiond/seen"}},
		"a user": {
			config.Settings{Write: true},
			1000,
			map[string]string{"HOME": "/home/a"},
			places{"/home/a/.local/state/sessiond/trash", "/home/a/.local/state/sessiond/audit.jsonl", "/home/a/.local/state/sessiond/seen"},
		},
		"a user's own place": {
			config.Settings{Write: true},
			1000,
			map[string]string{"HOME": "/home/a", "XDG_STATE_HOME": "/x"},
			places{"/x/sessiond/trash", "/x/sessiond/audit.jsonl", "/x/sessiond/seen"},
		},
		"a relative place": {
			config.Settings{Write: true},
			1000,
			map[string]string{"HOME": "/home/a", "XDG_STATE_HOME": "x"},
			places{"/home/a/.local/state/sessiond/trash", "/home/a/.local/state/sessiond/audit.jsonl", "/home/a/.local/state/sessiond/seen"},
		},
		"no home": {config.Settings{Write: true}, 1000, nil, places{}},
	} {
		got := placesOf(test.settings, test.uid, func(name string) string { return test.env[name] })
		if got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}
