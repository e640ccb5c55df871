package service

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// places is where a service's definition is, or could be.
type places struct {
	// definition is the file that kardianos writes, empty where it writes none.
	definition string
	// socket is the socket unit beside it. Only systemd has one.
	socket string
	// wants are the links by which enabled units start with the system.
	wants []string
	// units are where a package's unit would be. Only systemd has any.
	units []string
	// hidden are folders that the unit's PrivateTmp= hides from the service.
	hidden []string
	// data are the folders that systemd makes for the service and that stay. The unit's
	// LogsDirectory= and StateDirectory= name them.
	data []string
}

// placesOf returns where kardianos keeps a service of this name under one of
// the service managers it knows.
func placesOf(system, name string) places {
	switch system {
	case "linux-systemd":
		unit := name + ".service"
		return places{
			definition: "/etc/systemd/system/" + unit,
			socket:     "/etc/systemd/system/" + name + ".socket",
			wants: []string{
				"/etc/systemd/system/multi-user.target.wants/" + unit,
				"/etc/systemd/system/sockets.target.wants/" + name + ".socket",
			},
			units: []string{
				"/usr/local/lib/systemd/system/" + unit, "/usr/lib/systemd/system/" + unit, "/lib/systemd/system/" + unit,
			},
			hidden: []string{"/tmp", "/var/tmp"},
			data:   []string{"/var/log/sessiond", "/var/lib/sessiond"},
		}
	case "linux-upstart":
		return places{definition: "/etc/init/" + name + ".conf"}
	case "darwin-launchd":
		return places{definition: "/Library/LaunchDaemons/" + name + ".plist"}
	case "windows-service":
		return places{}
	}
	return places{definition: "/etc/init.d/" + name}
}

// definitions are the files that an installation writes.
func (p places) definitions() []string {
	var paths []string
	for _, path := range []string{p.definition, p.socket} {
		if path != "" {
			paths = append(paths, path)
		}
	}
	return paths
}

// installed reports whether something of an installation is there, or may be.
func (p places) installed() bool {
	paths := p.definitions()
	return len(paths) == 0 || slices.ContainsFunc(paths, exists)
}

func (p places) systemd() bool { return len(p.units) > 0 }

// packaged returns the unit that a package brought, if one did.
func (p places) packaged() (string, bool) {
	for _, unit := range p.units {
		if exists(unit) {
			return unit, true
		}
	}
	return "", false
}

// root returns an error for a root that the service would not see.
func (p places) root(path string) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil //nolint:nilerr // what is wrong with the root itself is for others to say
	}
	if folder, hidden := p.hides(target); hidden {
		return fmt.Errorf("the service would not see the root %q: systemd gives it a %s of its own", path, folder)
	}
	return nil
}

// hides returns the folder that keeps a path from the service, if one does.
func (p places) hides(path string) (folder string, hidden bool) {
	for _, folder := range p.hidden {
		if path == folder || strings.HasPrefix(path, folder+"/") {
			return folder, true
		}
	}
	return "", false
}

// executable returns an error where the user that the unit names could not
// execute the binary, as is so in most people's home folders.
func (p places) executable(path string) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("cannot find the program: %w", err)
	}
	if strings.ContainsAny(path, "\"'\\") {
		return fmt.Errorf("systemd starts no program with quotes or backslashes in its path, as in %q; copy it to /usr/local/bin first", path)
	}
	if folder, hidden := p.hides(path); hidden {
		return fmt.Errorf("services do not see %q; copy the program to /usr/local/bin first", folder)
	}
	for at := path; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return fmt.Errorf("cannot look at the program: %w", err)
		}
		if info.Mode().Perm()&0o001 == 0 {
			return fmt.Errorf("the service's own user may not execute %q: %q is closed to others; copy the program to /usr/local/bin first", path, at)
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

// exists reports whether there is something at a path, or may be.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return !os.IsNotExist(err)
}
