package config

import (
	"runtime"
	"slices"
	"strings"
)

const envPrefix = "SESSIOND_"

// EnvName returns the environment variable of a setting: SESSIOND_LOG_LEVEL
// for log-level.
func EnvName(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}

func envPlace(name string) string { return "environment " + name }

// fromEnviron returns what an environment of NAME=VALUE entries gives. A
// variable that is set but empty counts as not set: units and container files
// pass optional variables on that way.
func fromEnviron(environ []string) (map[string]value, []error) {
	known := append(keys(), KeyConfig)
	byName := make(map[string]string)
	for _, key := range known {
		byName[EnvName(key)] = key
	}
	values := make(map[string]value)
	var errs []error
	for _, entry := range environ {
		name, text, _ := strings.Cut(entry, "=")
		if runtime.GOOS == "windows" { // names are the same in any case there
			name = strings.ToUpper(name)
		}
		if !strings.HasPrefix(name, envPrefix) {
			continue
		}
		key, ok := byName[name]
		switch {
		case !ok:
			errs = append(errs, unknown(name, "the environment", text, envNames(known)))
		case text != "":
			values[key] = value{text: text, place: envPlace(name)}
		}
	}
	return values, errs
}

func envNames(known []string) []string {
	names := slices.Clone(known)
	for i := range names {
		names[i] = EnvName(names[i])
	}
	return names
}
