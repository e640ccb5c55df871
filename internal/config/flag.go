package config

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"
)

// AddFlags adds the flags of the settings with these keys, all settings where
// none is named, and --config. It panics on a key that is no setting.
func (l *Loader) AddFlags(fs *pflag.FlagSet, only ...string) {
	if len(only) == 0 {
		only = keys()
	}
	rows := make(map[string]setting)
	for _, row := range table() {
		rows[row.key] = row
	}
	for _, key := range only {
		row, ok := rows[key]
		if !ok {
			panic(fmt.Sprintf("config: %q is not the key of a setting", key))
		}
		fs.Var(&flagValue{row: row, text: row.def}, key, row.usage)
	}
	fs.Var(&flagValue{row: configFile()}, KeyConfig, "settings file (default "+l.defaultFile+", if any)")
}

// configFile is the row of --config, which takes any name but an empty one. It is
// no row of the table, since it stands in no settings file.
func configFile() setting {
	return setting{key: KeyConfig, form: "FILE", allowed: allowedFile, put: func(_ *Settings, text string) error {
		if text == "" {
			return errors.New("it is empty")
		}
		return nil
	}}
}

// flagValue is a setting as a flag: it refuses a bad value as soon as the
// command line is read.
type flagValue struct {
	row  setting
	text string
}

var _ pflag.Value = (*flagValue)(nil)

// Set implements pflag.Value. Its error is an [Error]; package pflag wraps it,
// so take it out with errors.As before showing it.
func (v *flagValue) Set(text string) error {
	if err := v.row.read(new(Settings), value{text: text, place: flagPlace(v.row.key)}); err != nil {
		return err
	}
	v.text = text
	return nil
}

// String implements pflag.Value.
func (v *flagValue) String() string { return v.text }

// Type implements pflag.Value: it is what --help shows for the value.
func (v *flagValue) Type() string { return v.row.form }

func flagPlace(key string) string { return "flag --" + key }

// fromFlags returns what the command line gives.
func fromFlags(fs *pflag.FlagSet) map[string]value {
	values := make(map[string]value)
	fs.Visit(func(f *pflag.Flag) {
		values[f.Name] = value{text: f.Value.String(), place: flagPlace(f.Name)}
	})
	return values
}
