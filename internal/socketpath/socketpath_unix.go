//go:build unix

package socketpath

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// name is the socket's file name wherever it is.
const name = "sessiond.sock"

// root is the user whose own socket is that of the system.
const root = 0

// ForRun returns where the daemon of the user uid listens by default: on the
// system's socket for root and for services, else on one of the user's own.
func ForRun(uid int, env Env) string {
	if own := own(uid, env); len(own) > 0 && !isService(env) {
		return own[0]
	}
	return system()
}

// ForClient returns where a client of the user uid looks for the daemon by
// default: the user's own socket if it is there, else the system's. A socket
// in a folder that others could have made is passed over.
func ForClient(uid int, env Env) string {
	for _, path := range own(uid, env) {
		if isSocket(path) && isTrusted(filepath.Dir(path), uid) {
			return path
		}
	}
	return system()
}

// EnsureDir makes the folder of a socket, if it is one of the default folders
// that nobody else makes. A folder in the temporary folder must be the user's
// own and private: it is an error if somebody else made it first. A folder that
// was named by hand is left to whoever named it.
func EnsureDir(path string, uid int) error {
	folder := filepath.Dir(path)
	switch {
	case filepath.Base(folder) == folderOf(uid):
		if err := mkdir(folder, 0o700); err != nil {
			return err
		}
		return private(folder, uid)
	case path == system():
		return mkdir(systemFolder(), 0o755)
	}
	return nil
}

// mkdir makes one folder, with the mode whatever the umask is. One that is there
// keeps the mode that somebody gave it.
func mkdir(folder string, mode fs.FileMode) error {
	err := os.Mkdir(folder, mode)
	if err == nil {
		err = os.Chmod(folder, mode)
	} else if info, statErr := os.Stat(folder); statErr == nil && info.IsDir() {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("cannot make the folder of the socket: %w", err)
	}
	return nil
}

// system returns where root and services listen.
func system() string {
	return filepath.Join(systemFolder(), name)
}

// isService reports whether a service manager made the system's folder for this
// process, as systemd does for RuntimeDirectory=sessiond.
func isService(env Env) bool {
	made, _ := env("RUNTIME_DIRECTORY")
	for folder := range strings.SplitSeq(made, ":") {
		if folder == systemFolder() {
			return true
		}
	}
	return false
}

// own returns where the sockets of an ordinary user may be, the best place
// first. Root has none.
func own(uid int, env Env) []string {
	if uid == root {
		return nil
	}
	var paths []string
	// The base directory specification wants relative paths to be ignored.
	if runtimeDir, _ := env("XDG_RUNTIME_DIR"); filepath.IsAbs(runtimeDir) {
		paths = append(paths, filepath.Join(runtimeDir, name))
	}
	temp, _ := env("TMPDIR")
	if temp == "" {
		temp = "/tmp"
	}
	return append(paths, filepath.Join(temp, folderOf(uid), name))
}

// folderOf returns the name of a user's folder in the temporary folder.
func folderOf(uid int) string { return "sessiond-" + strconv.Itoa(uid) }

func isSocket(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().Type() == fs.ModeSocket
}

// isTrusted reports whether a client of the user may believe that a socket in
// the folder is the user's. In the temporary folder anybody could have made it.
func isTrusted(folder string, uid int) bool {
	return filepath.Base(folder) != folderOf(uid) || private(folder, uid) == nil
}
