package config

import (
	"os"
	"regexp"
	"testing"
)

// The packaged settings file names the group that the packages make, changes nothing else
// as it is, and shows every other setting with its default.
func TestPackagedFile(t *testing.T) {
	data, err := os.ReadFile("../../packaging/config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	set, errs := fromYAML("config.yaml", data)
	if len(errs) > 0 || len(set) != 1 || set[KeyAdminGroup].text != "sessiond-admin" {
		t.Errorf("it sets %v, %v", set, errs)
	}
	shown := regexp.MustCompile(`(?m)^#([a-z-]+: )`).ReplaceAll(data, []byte("$1"))
	values, errs := fromYAML("config.yaml", shown)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for _, row := range table() {
		v, ok := values[row.key]
		switch {
		case !ok:
			t.Errorf("%s is not shown", row.key)
		case row.def != "" && v.text != row.def:
			t.Errorf("%s is shown as %s, its default is %s", row.key, v.text, row.def)
		}
		if err := row.read(new(Settings), v); ok && err != nil {
			t.Error(err)
		}
	}
}
