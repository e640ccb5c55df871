package config

import (
	"strings"
	"testing"
)

func TestLoopback(t *testing.T) {
	for _, text := range []string{"", "127.0.0.1:9642", "127.8.9.10:1", "[::1]:9642", "localhost:9642", "127.0.0.1:0", "[::ffff:127.0.0.1]:80"} {
		got := "before"
		if err := putLoopback(&got, text); err != nil || got != text {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for text, reason := range map[string]string{
		":9642":              "other machines",
		"0.0.0.0:9642":       "other machines",
		"[::]:9642":          "other machines",
		"192.0.2.7:9642":     "other machines",
		"example.com:9642":   "other machines",
		"localhost.:9642":    "other machines",
		"127.1:9642":         "other machines",
		"9642":               "not HOST:PORT",
		"127.0.0.1":          "not HOST:PORT",
		"::1:9642":           "not HOST:PORT",
		"127.0.0.1:http":     "number of a port",
		"127.0.0.1:":         "number of a port",
		"127.0.0.1:65536":    "number of a port",
		"127.0.0.1:-1":       "number of a port",
		"127.0.0.1:9642\x00": "number of a port",
	} {
		got := "before"
		if err := putLoopback(&got, text); err == nil || !strings.Contains(err.Error(), reason) || got != "before" {
			t.Errorf("%q: %q, %v; want an error about %s", text, got, err, reason)
		}
	}
}
