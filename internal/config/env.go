package config

import (
	"regexp"
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

// isKubernetes reports whether an entry is one of those that Kubernetes sets in every
// pod for a service whose name begins with sessiond: SESSIOND_SERVICE_HOST,
// SESSIOND_PORT_80_TCP_ADDR and a dozen more. A bare …_PORT is one only with such a
// value.
func isKubernetes(entry string) bool {
	return regexp.MustCompile(
		`^SESSIOND(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)=` +
			`|^SESSIOND(_[A-Z0-9_]+)?_PORT=(tcp|udp|sctp)://`).MatchString(entry)
}

// fromEnviron returns what an environment of NAME=VALUE entries gives, and the
// names of what is passed over because Kubernetes set it. A variable that is set
// but empty counts as not set: units and container files pass optional variables on
// that way.
func fromEnviron(environ []string) (values map[string]value, ignored []string, errs []error) {
	known := append(keys(), KeyConfig)
	byName := make(map[string]string)
	for _, key := range known {
		byName[EnvName(key)] = key
	}
	values = make(map[string]value)
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
		case !ok && isKubernetes(entry):
			ignored = append(ignored, name)
		case !ok:
			errs = append(errs, unknown(name, "the environment", text, envNames(known)))
		case text != "":
			values[key] = value{text: text, place: envPlace(name)}
		}
	}
	return values, ignored, errs
}

func envNames(known []string) []string {
	names := slices.Clone(known)
	for i := range names {
		names[i] = EnvName(names[i])
	}
	return names
}
