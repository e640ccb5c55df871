package jetstream

import (
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// What may be the address of a server, and that of one of this machine alone.
func TestCheckURL(t *testing.T) {
	for text, want := range map[string]bool{
		"nats://127.0.0.1:4222": true, "tls://n1.example.com:4222": true, "nats://[::1]:4222": true, "nats://n1": true,
		"": false, "n1:4222": false, "http://n1": false, "nats://": false, "nats://:4222": false, "nats://n1/x": false, "nats://n1?x=y": false,
		"nats://anna@n1": false, "nats://anna:secret@n1": false, "tls://n1:port": false, "NATS://n1": true,
	} {
		err := CheckURL(text)
		if (err == nil) != want {
			t.Errorf("CheckURL(%q) = %v", text, err)
		}
	}
}

func TestNodeOf(t *testing.T) {
	for host, want := range map[string]string{
		"south": "south", "south.example.com": "south", "South-2": "South-2", "my host": "my_host", "süd": "s_d", "a_b": "a_b",
		strings.Repeat("x", 70): strings.Repeat("x", 64), "": "", ".example.com": "",
	} {
		if got := NodeOf(host); got != want {
			t.Errorf("NodeOf(%q) = %q, want %q", host, got, want)
		} else if got != "" && !ValidNode(got) {
			t.Errorf("%q, for %q, is no node", got, host)
		}
	}
}

// Nothing goes to another machine in the clear, or without saying who one is, unless that
// is meant.
func TestConfigCheck(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Config)
		says   string
	}{
		"loopback":                    {func(*Config) {}, ""},
		"loopback by IPv6":            {func(c *Config) { c.URLs = []string{"nats://[::1]:4222"} }, ""},
		"loopback by name":            {func(c *Config) { c.URLs = []string{"nats://localhost:4222"} }, ""},
		"loopback, all of it":         {func(c *Config) { c.URLs = []string{"nats://127.9.8.7"} }, ""},
		"none":                        {func(c *Config) { c.URLs = nil }, ""},
		"elsewhere":                   {func(c *Config) { c.URLs = []string{"nats://192.0.2.1"} }, "TLS and credentials"},
		"a name like loopback":        {func(c *Config) { c.URLs = []string{"nats://localhost.example.com"} }, "TLS and credentials"},
		"one of two elsewhere":        {func(c *Config) { c.URLs = append(c.URLs, "nats://192.0.2.1") }, "TLS and credentials"},
		"TLS alone":                   {func(c *Config) { c.URLs = []string{"tls://n1"} }, "TLS and credentials"},
		"credentials alone":           {func(c *Config) { c.URLs, c.NKey = []string{"nats://n1"}, "/n" }, "TLS and credentials"},
		"TLS and an nkey":             {func(c *Config) { c.URLs, c.NKey = []string{"tls://n1"}, "/n" }, ""},
		"TLS and credentials":         {func(c *Config) { c.URLs, c.Creds = []string{"tls://n1"}, "/c" }, ""},
		"an authority and an nkey":    {func(c *Config) { c.URLs, c.CA, c.NKey = []string{"nats://n1"}, "/a", "/n" }, ""},
		"a certificate of the client": {func(c *Config) { c.URLs, c.Cert, c.Key = []string{"nats://n1"}, "/c", "/k" }, ""},
		"insecure":                    {func(c *Config) { c.URLs, c.Insecure = []string{"nats://n1"}, true }, ""},
		"no URL":                      {func(c *Config) { c.URLs = []string{"n1"} }, "it has to be nats://"},
		"insecure, no URL":            {func(c *Config) { c.URLs, c.Insecure = []string{"n1"}, true }, "it has to be nats://"},
		"no name":                     {func(c *Config) { c.Name = "" }, "the name"},
		"a name of two":               {func(c *Config) { c.Name = "a.b" }, "the name"},
		"a wildcard":                  {func(c *Config) { c.Name = ">" }, "the name"},
		"a long name":                 {func(c *Config) { c.Name = strings.Repeat("x", 49) }, "the name"},
		"a name with an end of line":  {func(c *Config) { c.Name = "a\n" }, "the name"},
		"no node":                     {func(c *Config) { c.Node = "" }, "the node"},
		"a node of two":               {func(c *Config) { c.Node = "a.b" }, "the node"},
		"all nodes":                   {func(c *Config) { c.Node = "*" }, "the node"},
		"a long node":                 {func(c *Config) { c.Node = strings.Repeat("x", 65) }, "the node"},
	} {
		cfg := Config{URLs: []string{"nats://127.0.0.1:4222"}, Name: "main", Node: "south"}
		test.change(&cfg)
		err := cfg.Check()
		if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: Check = %v", name, err)
		}
	}
}

// Where the service manager forbids the address, that is said.
func TestConnectionThatIsNotAllowed(t *testing.T) {
	for _, err := range []error{
		&net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.EPERM)},
		&net.DNSError{Err: "write udp 192.0.2.53:53: operation not permitted", Name: "n1"},
	} {
		if got := unreachable([]string{"tls://n1"}, err).Error(); !strings.Contains(got, "tls://n1") || !strings.Contains(got, "IPAddressAllow=") {
			t.Errorf("%v is told as %s", err, got)
		}
	}
	refused := unreachable([]string{"tls://n1"}, syscall.ECONNREFUSED).Error()
	if strings.Contains(refused, "IPAddressAllow=") {
		t.Errorf("a refusal is told as %s", refused)
	}
}
