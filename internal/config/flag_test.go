package config

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/pflag"
)

func TestAddFlags(t *testing.T) {
	all := pflag.NewFlagSet("all", pflag.ContinueOnError)
	New().AddFlags(all)
	some := pflag.NewFlagSet("some", pflag.ContinueOnError)
	New().AddFlags(some, KeySocket, KeyLogLevel)

	for name, test := range map[string]struct {
		flags *pflag.FlagSet
		want  []string
	}{
		"all settings":  {all, append(keys(), KeyConfig)},
		"some settings": {some, []string{KeySocket, KeyLogLevel, KeyConfig}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			test.flags.VisitAll(func(f *pflag.Flag) { got = append(got, f.Name) })
			slices.Sort(got)
			slices.Sort(test.want)
			if !slices.Equal(got, test.want) {
				t.Errorf("flags are %v, want %v", got, test.want)
			}
		})
	}
}

func TestAddFlagsPanicsOnUnknownKey(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a key that is no setting was taken")
		}
	}()
	New().AddFlags(pflag.NewFlagSet("x", pflag.ContinueOnError), "rooot")
}

func TestFlagHelp(t *testing.T) {
	flags := pflag.NewFlagSet("x", pflag.ContinueOnError)
	New().AddFlags(flags)
	help := flags.FlagUsages()
	flags.VisitAll(func(f *pflag.Flag) {
		if strings.Contains(f.Usage, "`") {
			t.Errorf("--%s: a shell would show the marks in %q", f.Name, f.Usage)
		}
	})
	for line := range strings.Lines(help) {
		if n := utf8.RuneCountInString(line) - 1; n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	for _, want := range []string{
		"--root DIR ", "--watch auto|events|poll|off ", "--settle TIME ", "(default 250ms)", "--max-file-size SIZE ",
		"(default 0660)", "--config FILE ", "(default " + DefaultConfigFile + ", if any)",
	} {
		if !strings.Contains(help, want) {
			t.Errorf("the help does not hold %q:\n%s", want, help)
		}
	}
}

// A client that only knows --socket still reads a settings file made for the
// daemon, and refuses one that is wrong.
func TestLoadWithFewFlags(t *testing.T) {
	l := New()
	l.defaultFile = t.TempDir() + "/config.yaml"
	write(t, l.defaultFile, "root: /srv/MobileApps\nsocket: /run/a.sock\n")
	flags := pflag.NewFlagSet("x", pflag.ContinueOnError)
	flags.String("output", "", "not a setting")
	l.AddFlags(flags, KeySocket)
	if err := flags.Parse([]string{"--output=json", "--socket=/run/b.sock"}); err != nil {
		t.Fatal(err)
	}
	s, err := l.Load(flags, nil)
	if err != nil || s.Socket != "/run/b.sock" || s.Root == "" {
		t.Errorf("settings are %+v, %v", s, err)
	}
	write(t, l.defaultFile, "roots: /srv/MobileApps\n")
	if s, err := l.Load(flags, nil); err == nil {
		t.Errorf("settings are %+v, want an error", s)
	}
}
