package console

import (
	"errors"
	"fmt"
	"html"
	"os"
	"os/exec"
	"runtime"
)

// ErrNoBrowser is what [OpenBrowser] returns, wrapped in why, where there is none to open.
var ErrNoBrowser = errors.New("no browser is opened")

// OpenBrowser shows an address in the browser of the user who runs this process. The
// browser is given a file that leads there: every local user can read the arguments of a
// program, and the address has the key. The function it returns removes the file; calling
// it again does nothing.
func OpenBrowser(address string, env func(name string) (string, bool)) (remove func(), err error) {
	folder, err := redirectFolder(env)
	if err != nil {
		return nil, err
	}
	file, err := writeRedirect(folder, address)
	if err != nil {
		return nil, err
	}
	remove = func() { _ = os.Remove(file) } // it may be gone, with its folder
	name, args := opener(file)
	cmd := exec.Command(name, args...) //nolint:gosec // a program of the system's
	apart(cmd)
	if err := cmd.Start(); err != nil {
		remove()
		return nil, fmt.Errorf("%w: %w", ErrNoBrowser, err)
	}
	go func() { _ = cmd.Wait() }() // some wait for the browser to end
	return remove, nil
}

// redirectFolder returns where the file that leads to the address may be.
func redirectFolder(env func(name string) (string, bool)) (string, error) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return os.TempDir(), nil // the user's own
	}
	if os.Getuid() == 0 {
		return "", fmt.Errorf("%w as root", ErrNoBrowser)
	}
	isSet := func(name string) bool { value, _ := env(name); return value != "" }
	if !isSet("DISPLAY") && !isSet("WAYLAND_DISPLAY") {
		return "", fmt.Errorf("%w without a display", ErrNoBrowser)
	}
	folder, _ := env("XDG_RUNTIME_DIR")
	if folder == "" {
		return "", fmt.Errorf("%w without $XDG_RUNTIME_DIR", ErrNoBrowser)
	}
	return folder, nil
}

// writeRedirect writes a file that only its owner can read, and that leads a browser to
// an address.
func writeRedirect(folder, address string) (path string, err error) {
	file, err := os.CreateTemp(folder, "sessiond-console-*.html") // its mode is 0600
	if err != nil {
		return "", fmt.Errorf("cannot write a file for the browser: %w", err)
	}
	_, err = fmt.Fprintf(file, "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<title>sessiond</title>\n"+
		"<meta http-equiv=\"refresh\" content=\"0; url=%s\">\n", html.EscapeString(address))
	if err := errors.Join(err, file.Close()); err != nil {
		_ = os.Remove(file.Name())
		return "", fmt.Errorf("cannot write a file for the browser: %w", err)
	}
	return file.Name(), nil
}

// opener returns the system's program that opens a file.
func opener(file string) (name string, args []string) {
	switch runtime.GOOS {
	case "windows":
		return "rundll32.exe", []string{"url.dll,FileProtocolHandler", file}
	case "darwin":
		return "open", []string{file}
	}
	return "xdg-open", []string{file}
}
