package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

func TestErrors(t *testing.T) {
	const settle = "; allowed: a time from 1ms to 1m, such as 250ms"
	for name, test := range map[string]struct {
		file          string
		environ, args []string
		want          []string // FILE stands for the settings file's path
	}{
		"no unit": {
			args: []string{"--settle=250"},
			want: []string{`cannot use setting settle from flag --settle: "250" has no unit (250ms, or 250s?)` + settle},
		},
		"not a time": {
			environ: []string{"SESSIOND_SETTLE=soon"},
			want:    []string{`cannot use setting settle from environment SESSIOND_SETTLE: "soon" is not a time (units are ms, s, m, h)` + settle},
		},
		"a number in the file": {
			file: "# how long\nsettle: 250\n",
			want: []string{`cannot use setting settle from FILE:2: "250" has no unit (250ms, or 250s?)` + settle},
		},
		"too short":         {args: []string{"--settle=999us"}, want: []string{`cannot use setting settle from flag --settle: "999us" is out of range` + settle}},
		"too long":          {args: []string{"--settle=61s"}, want: []string{`cannot use setting settle from flag --settle: "61s" is out of range` + settle}},
		"never":             {args: []string{"--settle=0"}, want: []string{`cannot use setting settle from flag --settle: "0" is out of range` + settle}},
		"an empty time":     {args: []string{"--settle="}, want: []string{`cannot use setting settle from flag --settle: "" is not a time (units are ms, s, m, h)` + settle}},
		"negative":          {args: []string{"--debounce=-1ms"}, want: []string{`cannot use setting debounce from flag --debounce: "-1ms" is out of range; allowed: a time, such as 25ms, or 0`}},
		"brake reversed":    {args: []string{"--settle-many=-1s"}, want: []string{`cannot use setting settle-many from flag --settle-many: "-1s" is out of range; allowed: a time, such as 10s, or 0 to turn the brake on mass removals off`}},
		"brake, no unit":    {environ: []string{"SESSIOND_SETTLE_MANY=10"}, want: []string{`cannot use setting settle-many from environment SESSIOND_SETTLE_MANY: "10" has no unit (10ms, or 10s?); allowed: a time, such as 10s, or 0 to turn the brake on mass removals off`}},
		"resync too often":  {args: []string{"--resync=999ms"}, want: []string{`cannot use setting resync from flag --resync: "999ms" is out of range; allowed: a time of at least 1s, such as 5m, or 0 to turn it off`}},
		"poll too often":    {args: []string{"--poll=9ms"}, want: []string{`cannot use setting poll from flag --poll: "9ms" is out of range; allowed: a time of at least 10ms, such as 2s`}},
		"not a choice":      {args: []string{"--watch=Auto"}, want: []string{`cannot use setting watch from flag --watch: "Auto" is not a valid value; allowed: auto, events, poll or off`}},
		"nothing of choice": {args: []string{"--admit="}, want: []string{`cannot use setting admit from flag --admit: "" is not a valid value; allowed: restore or follow`}},
		"not on or off":     {file: "write: yes\n", want: []string{`cannot use setting write from FILE:1: "yes" is not a valid value; allowed: on or off`}},
		"not a level":       {environ: []string{"SESSIOND_LOG_LEVEL=trace"}, want: []string{`cannot use setting log-level from environment SESSIOND_LOG_LEVEL: "trace" is not a valid value; allowed: debug, info, warn or error`}},
		"not a size":        {args: []string{"--max-file-size=big"}, want: []string{`cannot use setting max-file-size from flag --max-file-size: "big" is not a size (units are B, KiB, MiB, kB, MB); allowed: a size from 1B to 1GiB, such as 512KiB or 1MiB`}},
		"a decimal comma":   {args: []string{"--max-file-size=1,5MiB"}, want: []string{`cannot use setting max-file-size from flag --max-file-size: "1,5MiB" is not a size (units are B, KiB, MiB, kB, MB); allowed: a size from 1B to 1GiB, such as 512KiB or 1MiB`}},
		"no size":           {args: []string{"--max-file-size=0"}, want: []string{`cannot use setting max-file-size from flag --max-file-size: "0" is out of range; allowed: a size from 1B to 1GiB, such as 512KiB or 1MiB`}},
		"too large":         {args: []string{"--max-file-size=1.1GiB"}, want: []string{`cannot use setting max-file-size from flag --max-file-size: "1.1GiB" is out of range; allowed: a size from 1B to 1GiB, such as 512KiB or 1MiB`}},
		"not octal":         {args: []string{"--socket-mode=0680"}, want: []string{`cannot use setting socket-mode from flag --socket-mode: "0680" is not an octal number; allowed: octal permissions from 0600 to 0777 that let the owner read and write, such as 0660`}},
		"owner locked out":  {args: []string{"--socket-mode=0460"}, want: []string{`cannot use setting socket-mode from flag --socket-mode: "0460" is out of range; allowed: octal permissions from 0600 to 0777 that let the owner read and write, such as 0660`}},
		"more than rights":  {args: []string{"--socket-mode=4660"}, want: []string{`cannot use setting socket-mode from flag --socket-mode: "4660" is out of range; allowed: octal permissions from 0600 to 0777 that let the owner read and write, such as 0660`}},
		"no settings file":  {args: []string{"--config="}, want: []string{`cannot use setting config from flag --config: it is empty; allowed: ` + allowedFile}},
		"an empty root":     {file: "root: ''\n", want: []string{`cannot use setting root from FILE:1: it is empty; allowed: a folder`}},
		"NUL":               {args: []string{"--root=/a\x00b"}, want: []string{`cannot use setting root from flag --root: "/a\x00b" holds a NUL character; allowed: a folder`}},

		"longest wait below the quiet time": {
			args: []string{"--debounce=300ms"},
			want: []string{`cannot use setting debounce from flag --debounce: "300ms" is longer than debounce-max, which is "250ms" (default); allowed: a time not longer than debounce-max`},
		},
		"quiet time above the longest wait": {
			environ: []string{"SESSIOND_DEBOUNCE=300ms"},
			file:    "debounce-max: 299ms\n",
			want:    []string{`cannot use setting debounce-max from FILE:1: "299ms" is shorter than debounce, which is "300ms" (environment SESSIOND_DEBOUNCE); allowed: a time not shorter than debounce`},
		},

		"overridden, but wrong": {
			file: "settle: 5\n", args: []string{"--settle=5ms"},
			want: []string{`cannot use setting settle from FILE:1: "5" has no unit (5ms, or 5s?)` + settle},
		},
		"several at once": {
			file:    "poll: 1\nwatch: maybe\n",
			environ: []string{"SESSIOND_ADMIT=all"},
			want: []string{
				`cannot use setting admit from environment SESSIOND_ADMIT: "all" is not a valid value; allowed: restore or follow`,
				`cannot use setting poll from FILE:1: "1" has no unit (1ms, or 1s?); allowed: a time of at least 10ms, such as 2s`,
				`cannot use setting watch from FILE:2: "maybe" is not a valid value; allowed: auto, events, poll or off`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, path, err := load(t, test.file, test.environ, test.args)
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("the error is %v, want one that is ErrInvalid", err)
			}
			got := strings.ReplaceAll(errorText(err), path, "FILE")
			if diff := cmp.Diff(strings.Join(test.want, "\n"), got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

// errorText is what a command shows: its own words for what a flag refused,
// without those of package pflag.
func errorText(err error) string {
	if refused := (*pflag.InvalidValueError)(nil); errors.As(err, &refused) {
		return refused.Unwrap().Error()
	}
	return err.Error()
}

func TestUnknownKeys(t *testing.T) {
	for name, test := range map[string]struct {
		file    string
		environ []string
		want    string // how the first line begins
	}{
		"a slip":              {file: "\nsetle: 5ms\n", want: `cannot use setting setle from FILE:2: there is no such setting; did you mean settle?`},
		"an underscore":       {file: "log_level: info\n", want: `cannot use setting log_level from FILE:1: there is no such setting; did you mean log-level?`},
		"another case":        {file: "Root: /srv\n", want: `cannot use setting Root from FILE:1: there is no such setting; did you mean root?`},
		"nothing like it":     {file: "listen: 1\n", want: `cannot use setting listen from FILE:1: there is no such setting; allowed: `},
		"config in the file":  {file: "config: x\n", want: `cannot use setting config from FILE:1: there is no such setting; allowed: `},
		"a merge":             {file: "<<: {settle: 5ms}\n", want: `cannot use setting << from FILE:1: there is no such setting; allowed: `},
		"a key of many parts": {file: "? [a, b]\n: c\n", want: `cannot use setting "" from FILE:1: there is no such setting; allowed: `},
		"a key with escapes":  {file: "\"\\e[31mroot\": x\n", want: `cannot use setting "\x1b[31mroot" from FILE:1: there is no such setting; allowed: `},
		"a variable":          {environ: []string{"SESSIOND_SETLE=5ms"}, want: `cannot use setting SESSIOND_SETLE from the environment: there is no such setting; did you mean SESSIOND_SETTLE?`},
		"a port by hand":      {environ: []string{"SESSIOND_PORT=80"}, want: `cannot use setting SESSIOND_PORT from the environment: there is no such setting`},
		"an empty variable":   {environ: []string{"SESSIOND_X="}, want: `cannot use setting SESSIOND_X from the environment: there is no such setting; allowed: SESSIOND_ROOT, SESSIOND_SOCKET,`},
	} {
		t.Run(name, func(t *testing.T) {
			_, path, err := load(t, test.file, test.environ, nil)
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("the error is %v, want one that is ErrInvalid", err)
			}
			got := strings.ReplaceAll(err.Error(), path, "FILE")
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("the error is\n%s\nwant one that begins\n%s", got, test.want)
			}
			if suggests := strings.Contains(got, "did you mean"); suggests == strings.Contains(got, "allowed: ") {
				t.Errorf("the error is\n%s\nwant either a suggestion or what is allowed", got)
			}
		})
	}
}
