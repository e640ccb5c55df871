package config

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"
)

// Loader reads settings. It keeps nothing between calls.
type Loader struct {
	defaultFile string
	// checkFolder returns an error where somebody untrusted may change what is in
	// the folder of the default file.
	checkFolder func() error
}

// New returns a Loader that falls back to [DefaultConfigFile], on Windows to
// config.yaml in the folder of sessiond in %ProgramData%.
func New() *Loader {
	return &Loader{defaultFile: defaultFile(), checkFolder: checkFolder}
}

// Load returns the settings: those of the command line, which must have been
// parsed, over those of the environment (entries as of os.Environ), over those
// of the settings file, over the defaults. Everything that is given must be
// good, also what something else overrides. All that is wrong comes back in one
// joined error of [Error] values.
func (l *Loader) Load(fs *pflag.FlagSet, environ []string) (Settings, error) {
	s, unread, err := l.LoadForClient(fs, environ)
	if err := errors.Join(unread, err); err != nil {
		return Settings{}, err
	}
	return s, nil
}

// LoadForClient is Load for a command that needs no more than the socket: it does
// without the default settings file where that cannot be read, which its user need
// not be allowed to, or not trusted. unread then says why.
func (l *Loader) LoadForClient(fs *pflag.FlagSet, environ []string) (s Settings, unread, err error) {
	flags := fromFlags(fs)
	env, ignored, errs := fromEnviron(environ)
	var file map[string]value
	if choice := l.chooseFile(flags, env); choice.text != "" || choice.place != "" {
		values, fileErrs := l.fromFile(choice)
		if wrong := errors.Join(fileErrs...); choice.place == placeDefault && errors.Is(wrong, ErrState) {
			unread, fileErrs = wrong, nil
		}
		file, errs = values, append(errs, fileErrs...)
	}

	s.Ignored = ignored
	given := make(map[string]value) // what is in force, by key
	for _, row := range table() {
		defaults := map[string]value{row.key: {text: row.def, place: placeDefault}}
		if row.def == "" {
			delete(defaults, row.key)
		}
		for _, from := range []map[string]value{defaults, file, env, flags} {
			v, ok := from[row.key]
			if !ok {
				continue
			}
			if err := row.read(&s, v); err != nil {
				errs = append(errs, err)
				continue
			}
			given[row.key] = v
		}
	}
	s.Places = make(map[string]string)
	for key, v := range given {
		if v.place != placeDefault {
			s.Places[key] = v.place
		}
	}
	if len(errs) == 0 {
		errs = append(errs, checkDebounce(s, given), checkFollow(s, given), checkNotify(s, given), checkReplica(s, given))
	}
	if err := errors.Join(errs...); err != nil {
		return Settings{}, unread, err
	}
	return s, unread, nil
}

// checkDebounce makes sure that events are never gathered for less than the
// quiet time that ends the gathering. Whichever of the two was set by somebody
// is the one at fault.
func checkDebounce(s Settings, given map[string]value) error {
	if s.DebounceMax >= s.Debounce {
		return nil
	}
	wrong, other, relation := KeyDebounceMax, KeyDebounce, "shorter"
	if given[wrong].place == placeDefault {
		wrong, other, relation = other, wrong, "longer"
	}
	v, limit := given[wrong], given[other]
	return &Error{
		Key: wrong, Place: v.place, Value: v.text,
		Reason:  fmt.Sprintf("%q is %s than %s, which is %q (%s)", v.text, relation, other, limit.text, limit.place),
		Allowed: fmt.Sprintf("a time not %s than %s", relation, other),
	}
}

// checkFollow makes sure that the daemon that checks tokens admits new sessions by
// itself: with another admission each new login would be denied. At a follower, that is
// for the authority to say.
func checkFollow(s Settings, given map[string]value) error {
	if len(s.Follow) > 0 {
		return nil
	}
	for _, key := range []string{KeyCheckSocket, KeyCheckListen} {
		if v := given[key]; v.text != "" && s.Admit != AdmitFollow {
			return NeedsFollow(key, v.place, v.text)
		}
	}
	return nil
}

// NeedsFollow returns the error of checking tokens, as the setting of a key says, without
// [AdmitFollow].
func NeedsFollow(key, place, text string) *Error {
	return &Error{
		Key: key, Place: place, Value: text,
		Reason:  "tokens can be checked only where every new session is admitted, or new logins would be denied",
		Allowed: "only together with " + KeyAdmit + ": " + AdmitFollow,
	}
}
