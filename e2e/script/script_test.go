//go:build unix

package script

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"sessiond/e2e/harness"
)

// scriptLimit is after how long a program is ended that a script waits for.
const scriptLimit = 5 * time.Minute

func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		Setup:              setUp,
		Cmds:               commands(),
		Deadline:           time.Now().Add(scriptLimit),
		RequireUniqueNames: true,
	})
}

// setUp gives a script a socket with a short path and an environment that knows
// nothing of the machine's: testscript passes on nothing but the PATH.
func setUp(env *testscript.Env) error {
	short, err := os.MkdirTemp("", "sd")
	if err != nil {
		return err
	}
	env.Defer(func() { os.RemoveAll(short) })

	examples, err := filepath.Abs("../../examples/MobileApps")
	if err != nil {
		return err
	}
	home := filepath.Join(env.WorkDir, ".home")
	for name, value := range map[string]string{
		"SHORT":           short,
		"SESSIOND_SOCKET": filepath.Join(short, "s"),
		"SESSIOND_CONFIG": os.DevNull, // not what the machine may have in /etc
		"EXAMPLES":        examples,
		"ROOT":            filepath.Join(env.WorkDir, "MobileApps"),
		"HOME":            home,
		"XDG_RUNTIME_DIR": filepath.Join(short, "run"),
		"XDG_CONFIG_HOME": filepath.Join(home, ".config"),
		"XDG_CACHE_HOME":  filepath.Join(home, ".cache"),
		"XDG_DATA_HOME":   filepath.Join(home, ".local/share"),
		"XDG_STATE_HOME":  filepath.Join(home, ".local/state"),
		"TZ":              "UTC",
		"VERSION":         harness.Version,
		"ESCAPE":          "\x1b",
		"ANNA":            harness.KeyOf("K7QX2M9TRB.com.example.Contacts", "anna").String(),
		"BEN":             harness.KeyOf("K7QX2M9TRB.com.example.Contacts", "ben").String(),
		"DORA":            harness.KeyOf("K7QX2M9TRB.com.example.Contacts", "dora").String(),
		"CARA":            harness.KeyOf("com.example.orders", "cara").String(),
	} {
		env.Setenv(name, value)
	}
	for _, folder := range []string{home, env.Getenv("XDG_RUNTIME_DIR")} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			return err
		}
	}
	s := newStage(env)
	env.Values[stage{}] = s
	env.Defer(s.clear)
	return nil
}
