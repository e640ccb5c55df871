package config

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestFileErrors(t *testing.T) {
	for name, test := range map[string]struct{ file, want string }{
		"not YAML":          {"root: [\n", "cannot use setting config from FILE: it is not well-formed: yaml: "},
		"tabs":              {"root: /srv\n\tpoll: 2s\n", "cannot use setting config from FILE: it is not well-formed: yaml: line 2: "},
		"binary":            {"\x00\x01", "cannot use setting config from FILE: it is not well-formed: yaml: "},
		"not UTF-8":         {"root: \xff\n", "cannot use setting config from FILE: it is not well-formed: yaml: "},
		"an unknown anchor": {"root: *x\n", "cannot use setting config from FILE: it is not well-formed: yaml: "},
		"two documents":     {"poll: 2s\n---\npoll: 3s\n", "cannot use setting config from FILE: it is not well-formed: yaml: line 2: a second document begins"},
		"a bad second one":  {"poll: 2s\n---\n[\n", "cannot use setting config from FILE: it is not well-formed: yaml: "},
		"a list":            {"- poll: 2s\n", "cannot use setting config from FILE:1: it does not hold keys with values"},
		"one text":          {"\nhello\n", "cannot use setting config from FILE:2: it does not hold keys with values"},
		"twice":             {"poll: 2s\nadmit: follow\npoll: 3s\n", "cannot use setting poll from FILE:3: it is given twice, first at FILE:1"},
		"no value":          {"admit: follow\npoll:\n", "cannot use setting poll from FILE:2: it has no value; allowed: a time of at least 10ms"},
		"null":              {"poll: ~\n", "cannot use setting poll from FILE:1: it has no value"},
		"nested":            {"poll:\n  every: 2s\n", "cannot use setting poll from FILE:1: it is not a single value; allowed: a time of at least 10ms"},
		"a list of values":  {"root: [/a, /b]\n", "cannot use setting root from FILE:1: it is not a single value"},
		"a reference":       {"settle: &t 30ms\ndebounce: *t\n", "cannot use setting debounce from FILE:2: it is not a single value"},
		"too large by one":  {strings.Repeat("# x\n", maxConfigFile/4) + "#", "cannot use setting config from default: cannot read \"FILE\": it is larger than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, path, err := load(t, test.file, nil, nil)
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("the error is %v, want one that is ErrInvalid", err)
			}
			if got := strings.ReplaceAll(err.Error(), path, "FILE"); !strings.HasPrefix(got, test.want) {
				t.Errorf("the error is\n%s\nwant one that begins\n%s", got, test.want)
			}
		})
	}
}

func FuzzYAML(f *testing.F) {
	for _, seed := range []string{
		"", "# nothing\n", "root: /srv/MobileApps\nsettle: 250ms # half\n", "poll: 2s\npoll: 3s\n", "a: &x [*x]\n",
		"? [a]\n: b\n", "<<: *x\n", "---\n...\n---\n", "socket-mode: 0660\n", "root: !!binary aGFsbG8=\n", "\xef\xbb\xbfadmit: follow\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		values, errs := fromYAML("x.yaml", data)
		known := keys()
		for key, v := range values {
			if !slices.Contains(known, key) || !strings.HasPrefix(v.place, "x.yaml:") {
				t.Errorf("key %q at %q", key, v.place)
			}
		}
		for _, err := range errs {
			if !errors.Is(err, ErrInvalid) || strings.ContainsAny(err.Error(), "\x1b\x00\n") {
				t.Errorf("error %q", err)
			}
		}
	})
}
