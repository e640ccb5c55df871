package jetstream

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"strings"

	"github.com/nats-io/nats.go"
)

// Config says where the engine is, and how it is spoken to.
type Config struct {
	// URLs are nats:// or tls:// addresses of servers of one cluster.
	URLs []string
	// Name is that of the stream, Node that of this daemon among those of the name.
	Name, Node string

	// Creds and NKey are files that say who we are, CA, Cert and Key those of TLS; empty for
	// none.
	Creds, NKey   string
	CA, Cert, Key string
	// Insecure allows servers of other machines without TLS and credentials.
	Insecure bool

	// Copies is how many servers have the stream, Memory whether they keep it there and not
	// on disk, MaxBytes how large it may be, 0 for no bound. Only authorities say so.
	Copies   int
	Memory   bool
	MaxBytes int64
}

// names are names and nodes that can be a part of a subject.
func names(longest int) *regexp.Regexp {
	return regexp.MustCompile(fmt.Sprintf(`^[A-Za-z0-9_-]{1,%d}$`, longest))
}

// ValidName reports whether a text can be the name of a stream.
func ValidName(text string) bool { return names(48).MatchString(text) }

// ValidNode reports whether a text can be that of a node.
func ValidNode(text string) bool { return names(64).MatchString(text) }

// NodeOf returns a node for the name of a host: its first label, with what no node may have
// replaced.
func NodeOf(host string) string {
	label, _, _ := strings.Cut(host, ".")
	node := regexp.MustCompile(`[^A-Za-z0-9_-]`).ReplaceAllString(label, "_")
	return node[:min(len(node), 64)]
}

var (
	errURL      = errors.New("it has to be nats://HOST:PORT or tls://HOST:PORT, without a user")
	errInsecure = errors.New("servers of other machines need TLS and credentials, unless that is allowed explicitly")
)

// CheckURL says what is wrong with the address of a server.
func CheckURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "nats" && u.Scheme != "tls" || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" {
		return fmt.Errorf("cannot use the server %q: %w", text, errURL)
	}
	return nil
}

// Check says what is wrong with the configuration, as far as its text tells.
func (c *Config) Check() error {
	if !ValidName(c.Name) {
		return fmt.Errorf("cannot use the name %q: it has to be 1 to 48 of A-Z, a-z, 0-9, _ and -", c.Name)
	}
	if !ValidNode(c.Node) {
		return fmt.Errorf("cannot use the node %q: it has to be 1 to 64 of A-Z, a-z, 0-9, _ and -", c.Node)
	}
	for _, text := range c.URLs {
		if err := CheckURL(text); err != nil {
			return err
		}
		u, _ := url.Parse(text)
		encrypted := u.Scheme == "tls" || c.CA != "" || c.Cert != ""
		known := c.Creds != "" || c.NKey != "" || c.Cert != ""
		if secure := encrypted && known; !secure && !c.Insecure && !isLoopback(u.Hostname()) {
			return fmt.Errorf("cannot use the server %q: %w", text, errInsecure)
		}
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// secrets returns the options that say who we are, and to whom we speak.
func (c *Config) secrets() ([]nats.Option, error) {
	var options []nats.Option
	for _, file := range []struct {
		path   string
		secret bool
	}{{c.Creds, true}, {c.NKey, true}, {c.CA, false}, {c.Cert, false}, {c.Key, true}} {
		if err := checkFile(file.path, file.secret); err != nil {
			return nil, fmt.Errorf("cannot use a file of the replica's settings: %w", err)
		}
	}
	if c.Creds != "" {
		options = append(options, nats.UserCredentials(c.Creds))
	}
	if c.NKey != "" {
		option, err := nats.NkeyOptionFromSeed(c.NKey)
		if err != nil {
			return nil, fmt.Errorf("cannot use the nkey of %q: %w", c.NKey, err)
		}
		options = append(options, option)
	}
	if c.CA != "" {
		options = append(options, nats.RootCAs(c.CA))
	}
	if c.Cert != "" {
		options = append(options, nats.ClientCert(c.Cert, c.Key))
	}
	return options, nil
}

// checkFile says why a file cannot be read, or is no secret. Windows has no such modes.
func checkFile(path string, secret bool) error {
	if path == "" {
		return nil
	}
	info, err := os.Stat(path) // opening anything but a file might wait
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%q is not a file", path)
	}
	if mode := info.Mode().Perm(); secret && mode&0o007 != 0 && runtime.GOOS != "windows" {
		return fmt.Errorf("%q is open to everybody (mode %04o): chmod o= takes that away", path, mode)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return f.Close()
}
