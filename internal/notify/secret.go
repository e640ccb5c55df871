package notify

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// maxSecret is the size of a secret's file in bytes.
const maxSecret = 4 << 10

// readSecret reads a bearer token from a file of its own: white space around it is left
// out. A file that everybody may read is refused, since it is no secret; Windows has no
// such bits.
func readSecret(path string) (string, error) {
	cannot := func(err error) (string, error) { return "", fmt.Errorf("cannot use notify-secret-file: %w", err) }
	info, err := os.Stat(path) // opening anything but a file might wait
	if err != nil {
		return cannot(err)
	}
	if !info.Mode().IsRegular() {
		return cannot(fmt.Errorf("%q is not a file", path))
	}
	file, err := os.Open(path)
	if err != nil {
		return cannot(err)
	}
	defer file.Close()
	if info, err = file.Stat(); err != nil {
		return cannot(err)
	}
	if mode := info.Mode().Perm(); mode&0o007 != 0 && runtime.GOOS != "windows" {
		return cannot(fmt.Errorf("%q is open to everybody (mode %04o): chmod o= takes that away", path, mode))
	}
	data, err := io.ReadAll(io.LimitReader(file, maxSecret+1))
	if err != nil {
		return cannot(err)
	}
	secret := strings.TrimSpace(string(data))
	switch {
	case secret == "":
		return cannot(fmt.Errorf("%q is empty", path))
	case len(data) > maxSecret:
		return cannot(fmt.Errorf("%q is larger than 4 KiB", path))
	case strings.ContainsFunc(secret, func(r rune) bool { return r <= ' ' || r > '~' }):
		return cannot(errors.New("the secret holds a space, a control character or one that is not ASCII"))
	}
	return secret, nil
}
