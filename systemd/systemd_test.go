package systemd

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An instance of a template is the service with another name, settings and
// socket, and nothing else.
func TestTemplatesAreTheUnits(t *testing.T) {
	for name, test := range map[string]struct {
		unit    string
		replace []string
	}{
		"sessiond@.service": {Service(), []string{
			"as their files say\n", "as their files say (%i)\n",
			"=sessiond.socket\n", "=sessiond@%i.socket\n",
			"sessiond run\n", "sessiond run --config=/etc/sessiond/%i.yaml --socket=/run/sessiond-%i/sessiond.sock\n",
			"--allow-rejected\n", "--allow-rejected --socket=/run/sessiond-%i/sessiond.sock\n",
			"RuntimeDirectory=sessiond\n", "RuntimeDirectory=sessiond-%i\n",
			"LogsDirectory=sessiond\n", "LogsDirectory=sessiond-%i\n",
			"StateDirectory=sessiond\n", "StateDirectory=sessiond-%i\n",
		}},
		"sessiond@.socket": {Socket(), []string{
			"socket of sessiond\n", "socket of sessiond (%i)\n",
			"/run/sessiond/", "/run/sessiond-%i/",
		}},
		"sessiond-check@.socket": {read(t, "sessiond-check.socket"), []string{
			"for gateways\n", "for gateways (%i)\n",
			"/run/sessiond-", "/run/sessiond-%i-", "=sessiond.service\n", "=sessiond@%i.service\n",
		}},
	} {
		if diff := cmp.Diff(strings.NewReplacer(test.replace...).Replace(test.unit), read(t, name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func read(t *testing.T, unit string) string {
	t.Helper()
	text, err := os.ReadFile(unit)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
