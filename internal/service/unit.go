package service

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"sessiond/systemd"
)

// unit returns the canonical service unit for another binary, other arguments
// and another root.
//
// kardianos takes it as a template of its own kind; since no text that comes
// from outside keeps its braces, nothing in it is an action.
func (s Spec) unit() string {
	values := map[string]string{
		"ExecStart":          commandLine(s.Executable, s.Run),
		"ExecReload":         reloadBySignal,
		"#RequiresMountsFor": s.mounts(),
		"RuntimeDirectory":   s.runtimeDirectory(),
	}
	if len(s.Reload) > 0 {
		values["ExecReload"] = commandLine(s.Executable, s.Reload)
	}
	if len(s.Network) > 0 {
		values["#Wants"], values["#After"] = networkOnline, networkOnline
		values["IPAddressAllow"] = strings.Join(append([]string{"localhost"}, s.Network...), " ")
	}
	return rewrite(systemd.Service(), values)
}

const (
	// reloadBySignal needs no program that a minimal system lacks. The shell is given
	// MAINPID in its environment.
	reloadBySignal = `/bin/sh -c 'kill -HUP $MAINPID'`
	networkOnline  = "network-online.target"
)

// socketUnit returns the canonical socket unit for another path, another mode and
// another group.
func (s Spec) socketUnit() string {
	changes := make(map[string]string)
	if s.Socket != "" {
		changes["ListenStream"] = specifiers(s.Socket)
	}
	if s.SocketMode != 0 {
		changes["SocketMode"] = fmt.Sprintf("%04o", s.SocketMode.Perm())
	}
	if s.SocketGroup != "" {
		changes["SocketGroup"] = specifiers(s.SocketGroup)
	}
	return rewrite(systemd.Socket(), changes)
}

// rewrite gives assignments of a unit other values. One that was commented out
// becomes an assignment; an empty value changes nothing.
func rewrite(unit string, values map[string]string) string {
	var b strings.Builder
	for line := range strings.Lines(unit) {
		name, _, _ := strings.Cut(line, "=")
		if value := values[name]; value != "" {
			line = strings.TrimPrefix(name, "#") + "=" + value + "\n"
		}
		b.WriteString(line)
	}
	return b.String()
}

// mounts returns the value of RequiresMountsFor=, empty for a root that cannot be
// written there: systemd unquotes it but knows no escapes in it.
func (s Spec) mounts() string {
	quoted := quote(s.Root)
	if s.Root == "" || strings.Contains(quoted, `\`) {
		return ""
	}
	return quoted
}

// runFolder is where systemd makes a service's runtime directory.
const runFolder = "/run"

// runtimeDirectory returns the folder of the socket below /run, empty for the
// canonical one.
func (s Spec) runtimeDirectory() string {
	folder, err := filepath.Rel(runFolder, filepath.Dir(s.Socket))
	if s.Socket == "" || err != nil {
		return ""
	}
	return quote(folder)
}

// checkSocket returns an error for a socket that the units cannot have: the
// service may write to a folder below /run alone, and systemd unquotes no path of
// a socket.
func (s Spec) checkSocket() error {
	folder := filepath.Dir(cmp.Or(s.Socket, systemd.SocketPath))
	switch {
	case !strings.HasPrefix(folder, runFolder+"/"):
		return fmt.Errorf("under systemd, the socket must be in a folder below %s, such as %s, and not at %q", runFolder, systemd.SocketPath, s.Socket)
	case strings.ContainsFunc(s.Socket, func(r rune) bool {
		return !unicode.IsGraphic(r) || unicode.IsSpace(r) || strings.ContainsRune(`"'\{}`, r)
	}),
		!utf8.ValidString(s.Socket):
		return fmt.Errorf("under systemd, the path of the socket must be without blanks, quotes, braces and backslashes, unlike %q", s.Socket)
	}
	return nil
}

// commandLine writes a command as systemd.service(5) reads it.
func commandLine(executable string, args []string) string {
	words := []string{quote(executable)}
	for _, arg := range args {
		// Variables are put into arguments, but not into the path.
		words = append(words, strings.ReplaceAll(quote(arg), "$", "$$"))
	}
	return strings.Join(words, " ")
}

// specifiers keeps systemd from putting something else in the place of a
// percent sign.
func specifiers(word string) string { return strings.ReplaceAll(word, "%", "%%") }

// quote writes a word so that systemd reads it back: specifiers doubled, all
// that could end the word or the line quoted or escaped.
func quote(word string) string {
	plain := true
	var b strings.Builder
	for rest := word; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case r == utf8.RuneError && size == 1, unicode.IsControl(r), strings.ContainsRune(`"'\{};#`, r):
			plain = false
			for _, c := range []byte(rest[:size]) {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		case r == '%':
			b.WriteString("%%")
		default:
			plain = plain && !unicode.IsSpace(r)
			b.WriteString(rest[:size])
		}
		rest = rest[size:]
	}
	if plain && word != "" {
		return b.String()
	}
	return `"` + b.String() + `"`
}
