package config

import (
	"errors"
	"strings"
	"testing"
)

// Tokens are not checked unless new sessions are admitted; the error names both settings.
func TestCheckNeedsFollow(t *testing.T) {
	for name, test := range map[string]struct {
		file          string
		environ, args []string
		want          string // the key of the setting at fault; empty for none
		text          bool   // whether it is an ErrText
	}{
		"follow":                   {args: []string{"--check-socket=/run/c", "--check-listen=127.0.0.1:0", "--admit=follow"}},
		"neither":                  {args: []string{"--check-socket=", "--check-socket-mode=0600"}},
		"the default":              {args: []string{"--check-socket=/run/c"}, want: KeyCheckSocket},
		"restore":                  {file: "admit: restore\ncheck-listen: 127.0.0.1:0\n", want: KeyCheckListen, text: true},
		"restore over follow":      {environ: []string{"SESSIOND_CHECK_SOCKET=c"}, file: "admit: follow\n", args: []string{"--admit=restore"}, want: KeyCheckSocket, text: true},
		"turned off over the file": {file: "check-socket: c\n", args: []string{"--check-socket="}},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := load(t, test.file, test.environ, test.args)
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wrong, ok := errors.AsType[*Error](err)
			if !ok || wrong.Key != test.want || !strings.Contains(err.Error(), "admit: follow") || errors.Is(err, ErrText) != test.text {
				t.Errorf("Load = %v", err)
			}
		})
	}
}

// The secret of notifications is asked for, and goes over no network in the clear unless
// somebody says so.
func TestNotifyNeedsSecret(t *testing.T) {
	const secret = "--notify-secret-file=/s"
	for name, test := range map[string]struct {
		environ, args []string
		want          string // what the error names; empty for none
	}{
		"loopback address":         {args: []string{"--notify-url=http://127.0.0.1:8080/4d", secret}},
		"loopback of IPv6":         {args: []string{"--notify-url=http://[::1]/", secret}},
		"loopback name":            {args: []string{"--notify-url=http://LocalHost/", secret}},
		"encrypted":                {args: []string{"--notify-url=https://4d.example.com/sessiond?a=b", secret}},
		"in the clear, said so":    {args: []string{"--notify-url=http://4d.example.com/", secret, "--notify-insecure=on"}},
		"in the clear":             {args: []string{"--notify-url=http://4d.example.com/", secret}, want: "notify-insecure: on"},
		"in the clear, by address": {args: []string{"--notify-url=http://10.0.0.1/", secret}, want: "without encryption"},
		"a name like loopback":     {args: []string{"--notify-url=http://localhost.example.com/", secret}, want: "without encryption"},
		"no secret":                {args: []string{"--notify-url=https://4d.example.com/"}, want: "notify-secret-file"},
		"a secret for nobody":      {args: []string{secret}},
		"turned off":               {args: []string{"--notify-url="}},
		"no scheme":                {args: []string{"--notify-url=127.0.0.1:80", secret}, want: "notify-url"},
		"another scheme":           {args: []string{"--notify-url=ftp://127.0.0.1/", secret}, want: "http://"},
		"no host":                  {args: []string{"--notify-url=http:///4d", secret}, want: "no host"},
		"a fragment":               {args: []string{"--notify-url=http://localhost/#a", secret}, want: "fragment"},
		"a control character":      {args: []string{"--notify-url=http://localhost/\n", secret}, want: "not a URL"},
		"a password":               {environ: []string{"SESSIOND_NOTIFY_URL=http://u:pass@localhost/"}, args: []string{secret}, want: "user name"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := load(t, "", test.environ, test.args)
			switch {
			case test.want == "":
				if err != nil {
					t.Error(err)
				}
			case !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "pass"):
				t.Errorf("Load = %v, want an error about %q", err, test.want)
			}
		})
	}
}

// A daemon publishes or follows, not both; a follower has no files; and nothing goes over a
// network in the clear.
func TestReplicaTogether(t *testing.T) {
	const loopback = "nats://127.0.0.1:4222"
	for name, test := range map[string]struct {
		environ, args []string
		want          string // what the error names; empty for none
	}{
		"publish":                 {args: []string{"--root=/r", "--publish=" + loopback + ",nats://[::1]:4223"}},
		"follow":                  {args: []string{"--follow=nats://LocalHost", "--check-listen=127.0.0.1:0"}},
		"both":                    {args: []string{"--publish=" + loopback, "--follow=" + loopback}, want: "follow"},
		"root of a follower":      {args: []string{"--root=/r", "--follow=" + loopback}, want: "setting root"},
		"writing follower":        {args: []string{"--write=on", "--follow=" + loopback}, want: "setting write"},
		"editors":                 {args: []string{"--publish=" + loopback, "--replica-editors=south, west"}},
		"editors of a follower":   {args: []string{"--replica-editors=south", "--follow=" + loopback}, want: "setting replica-editors"},
		"an editor without name":  {args: []string{"--publish=" + loopback, "--replica-editors=south,"}, want: "replica-editors"},
		"an editor that is none":  {args: []string{"--publish=" + loopback, "--replica-editors=south.*"}, want: "replica-editors"},
		"4D of a follower":        {args: []string{"--notify-url=http://localhost/", "--notify-secret-file=/s", "--follow=" + loopback}, want: "setting notify-url"},
		"elsewhere":               {args: []string{"--follow=" + loopback + ",nats://10.0.0.1"}, want: "replica-insecure"},
		"elsewhere, said so":      {args: []string{"--follow=nats://10.0.0.1", "--replica-insecure=on"}},
		"TLS alone":               {args: []string{"--follow=tls://n.example.com"}, want: "replica-creds"},
		"credentials alone":       {args: []string{"--follow=nats://n.example.com", "--replica-creds=/c"}, want: "tls://"},
		"TLS and credentials":     {args: []string{"--follow=tls://n.example.com", "--replica-creds=/c"}},
		"nkey and authorities":    {args: []string{"--publish=nats://n.example.com", "--replica-nkey=/n", "--replica-ca=/a"}},
		"certificate":             {args: []string{"--publish=nats://n.example.com", "--replica-cert=/c", "--replica-key=/k"}},
		"certificate alone":       {args: []string{"--publish=" + loopback, "--replica-cert=/c"}, want: "replica-key"},
		"key alone":               {args: []string{"--publish=" + loopback, "--replica-key=/k"}, want: "replica-cert"},
		"two who we are":          {args: []string{"--publish=" + loopback, "--replica-creds=/c", "--replica-nkey=/n"}, want: "replica-nkey"},
		"limit below":             {args: []string{"--follow=" + loopback, "--stale-limit=1s"}, want: "stale-after"},
		"no limit":                {args: []string{"--follow=" + loopback, "--stale-limit=0"}},
		"a password":              {environ: []string{"SESSIOND_FOLLOW=nats://u:secret@127.0.0.1"}, want: "password"},
		"another scheme":          {args: []string{"--follow=http://127.0.0.1"}, want: "nats://"},
		"no host":                 {args: []string{"--follow=nats://"}, want: "no host"},
		"a path":                  {args: []string{"--follow=nats://127.0.0.1/x"}, want: "more than a host"},
		"an empty one":            {args: []string{"--follow=" + loopback + ","}, want: "nats://"},
		"name with a dot":         {args: []string{"--replica-name=a.b"}, want: "not a name"},
		"long name":               {args: []string{"--replica-name=" + strings.Repeat("a", 49)}, want: "not a name"},
		"node with a wildcard":    {args: []string{"--replica-node=*"}, want: "not a name"},
		"host's name":             {args: []string{"--replica-node="}},
		"two copies":              {args: []string{"--replica-copies=2"}, want: "1, 3 or 5"},
		"a beat beyond the lease": {args: []string{"--beat=3s"}, want: "beat"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := load(t, "", test.environ, test.args)
			switch {
			case test.want == "":
				if err != nil {
					t.Error(err)
				}
			case !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret@"):
				t.Errorf("Load = %v, want an error about %q", err, test.want)
			}
		})
	}
}
