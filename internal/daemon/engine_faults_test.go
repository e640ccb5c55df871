package daemon

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/config"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/replica"
)

// Whatever is wrong with the servers is said in the status, and the daemon's own clients
// notice nothing of it.
func TestEngineFaults(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(t *testing.T, s *config.Settings) (server string)
		state   replica.State
		code    replica.RefusalCode
		reason  string
	}{
		"too old": {
			func(t *testing.T, _ *config.Settings) string { return pretendServer(t, "2.11.4") },
			replica.StateAway, replica.RefusedVersion, "the server is nats-server 2.11.4: 2.12 or newer is needed",
		},
		"without JetStream": {
			func(t *testing.T, _ *config.Settings) string {
				return newBroker(t, func(o *server.Options) { o.JetStream = false }).url()
			},
			replica.StateAway, replica.RefusedJetStream, "the server runs without JetStream: start it with -js",
		},
		"another configuration of the stream": {
			func(t *testing.T, _ *config.Settings) string {
				b := newBroker(t)
				b.makeStream(t, jetstream.StreamConfig{Name: "KV_sd-test", Subjects: []string{"$KV.sd-test.>"}, Storage: jetstream.MemoryStorage})
				return b.url()
			},
			replica.StateAway, replica.RefusedConfiguration, "stream configuration update can not change storage",
		},
		"a limit is reached": {
			func(t *testing.T, s *config.Settings) string {
				s.ReplicaMaxBytes = 1000
				return newBroker(t).url()
			},
			replica.StateAway, replica.RefusedLimit, "maximum bytes exceeded",
		},
		"wrong credentials": {
			func(t *testing.T, s *config.Settings) string {
				s.ReplicaNKey, _ = newNKey(t)
				_, other := newNKey(t)
				return newBroker(t, func(o *server.Options) { o.Nkeys = []*server.NkeyUser{{Nkey: other}} }).url()
			},
			replica.StateAway, replica.RefusedCredentials, "does not accept the credentials",
		},
		"a right is lacking": {
			func(t *testing.T, s *config.Settings) string {
				allowed := allowedTo(t, s, "authority", "$KV.sd-test.>")
				return newBroker(t, allowed).url()
			},
			replica.StateAway, replica.RefusedPermission, "does not allow this user to publish to $KV.sd-test.head",
		},
		"no right to answers": {
			func(t *testing.T, s *config.Settings) string {
				return newBroker(t, allowedTo(t, s, "authority", "_INBOX.sd-test.a-north.>")).url()
			},
			replica.StateAway, replica.RefusedPermission, "does not allow this user to subscribe to _INBOX.sd-test.a-north.",
		},
		"no right to questions": {
			func(t *testing.T, s *config.Settings) string {
				return newBroker(t, allowedTo(t, s, "authority", "sd.test.look.*")).url()
			},
			replica.StateLive, "", "followers get no answer about sessions that they lack: the engine does not allow this user to subscribe to sd.test.look.*",
		},
		"a certificate of another name": {
			func(t *testing.T, s *config.Settings) string {
				made := newCertificate(t, "elsewhere.example.com")
				s.ReplicaCA = made.cert
				return strings.Replace(newBroker(t, made.serve).url(), "nats:", "tls:", 1)
			},
			replica.StateAway, replica.RefusedCertificate, "cannot trust the engine",
		},
		"nobody answers": {
			func(t *testing.T, _ *config.Settings) string { return "nats://" + deaf(t) },
			replica.StateAway, "", "cannot reach the engine at nats://127.0.0.1",
		},
		"a payload that is too large": {
			func(t *testing.T, _ *config.Settings) string {
				return newBroker(t, func(o *server.Options) { o.MaxPayload = 1100 }).url()
			},
			replica.StateLive, "", "sessions or errors that are too large for the servers are not published: 2; raise max_payload there",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := filepath.Join(t.TempDir(), "MobileApps")
			for n := range 2 {
				put(t, root, n)
			}
			s := replicated(t, "north")
			s.Root = root
			s.Publish = []string{test.prepare(t, &s)}
			north := authorityWith(t, s)
			said := north.becomes(t, "what it has to be", func(s api.Status) bool {
				return s.Replica.State == string(test.state) && s.Replica.Code == string(test.code) && saysHint(&s, test.reason)
			})
			if test.state == replica.StateAway && !strings.Contains(said.Replica.Reason, test.reason) {
				t.Errorf("the reason is %q", said.Replica.Reason)
			}
			put(t, root, 2)
			if _, err := north.Refresh(t.Context()); err != nil {
				t.Errorf("Refresh: %v", err)
			}
			if got, _ := north.check(t, passestest.Key(2)); got != http.StatusOK {
				t.Errorf("a check is answered with %d", got)
			}
		})
	}
}

// What is wrong for a follower is said there, and it goes on with what it has.
func TestEngineFaultsOfFollower(t *testing.T) {
	root := filepath.Join(t.TempDir(), "MobileApps")
	put(t, root, 1)
	for name, lacks := range map[string]struct {
		subject, says string
		follows       bool
	}{
		"none of its rights": {"", "", true},
		"the stream":         {"$JS.API.STREAM.INFO.KV_sd-test", "there is nothing to show yet: the engine does not allow this user to publish to $JS.API.STREAM.INFO.KV_sd-test", false},
		"the consumer":       {"$JS.API.CONSUMER.CREATE.KV_sd-test.f-south", "publish to $JS.API.CONSUMER.CREATE.KV_sd-test.f-south", false},
		"its answers":        {"_INBOX.sd-test.f-south.>", "subscribe to _INBOX.sd-test.f-south.", false},
		"questions":          {"sd.test.look.south", "the authority cannot be asked about sessions that are not here: the engine does not allow this user to publish to sd.test.look.south", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, f := replicated(t, "north"), replicated(t, "south")
			n.Root = root
			b := newBroker(t, func(o *server.Options) {
				allowedTo(t, &n, "authority", "")(o)
				allowedTo(t, &f, "follower", lacks.subject)(o)
			})
			n.Publish, f.Follow = []string{b.url()}, []string{b.url()}
			authorityWith(t, n).becomes(t, "live", isState("live"))
			south := followerWith(t, f)
			if lacks.follows {
				south.becomes(t, "following", isComplete)
				if got, _ := south.check(t, passestest.Key(1)); got != http.StatusOK {
					t.Errorf("the check of a session is answered with %d", got)
				}
				want := http.StatusUnauthorized
				if lacks.subject != "" {
					want = http.StatusServiceUnavailable
				}
				if got, _ := south.check(t, passestest.Key(7)); got != want {
					t.Errorf("the check of another is answered with %d", got)
				}
			}
			s := south.becomes(t, "what it has to be", func(s api.Status) bool { return lacks.says == "" && isComplete(s) || saysHint(&s, lacks.says) })
			if lacks.says == "" && len(s.Hints) > 0 {
				t.Errorf("the hints are %+v", s.Hints)
			}
			if !lacks.follows {
				if got, _ := south.check(t, passestest.Key(1)); got != http.StatusServiceUnavailable {
					t.Errorf("without a view, a check is answered with %d", got)
				}
				return
			}
			if _, err := south.Sessions(t.Context(), client.Query{}); err != nil {
				t.Errorf("Sessions: %v", err)
			}
		})
	}
}

// A second authority publishes nothing, and says who does.
func TestTwoAuthorities(t *testing.T) {
	b := newBroker(t)
	root := filepath.Join(t.TempDir(), "MobileApps")
	put(t, root, 1)
	north := authorityOver(t, b, root)
	north.becomes(t, "live", isState("live"))
	second := authorityOver(t, b, root, func(s *config.Settings) { s.ReplicaNode = "east" })
	s := second.becomes(t, "held", isState("held"))
	if want := "another authority of this name is at work: node north, since epoch 1 (live)"; s.Replica.Reason != want || !saysHint(&s, want) {
		t.Errorf("it is %+v, hints %+v", s.Replica, s.Hints)
	}
	put(t, root, 2)
	if _, err := second.Refresh(t.Context()); err != nil {
		t.Errorf("Refresh: %v", err)
	}
	if s := north.becomes(t, "live", isState("live")); s.Replica.Fenced != 0 {
		t.Errorf("the first is %+v", s.Replica)
	}
}

// What the text or a file says wrong ends the daemon before it serves anything.
func TestEngineSettingsThatAreWrong(t *testing.T) {
	open := filepath.Join(t.TempDir(), "open.nk")
	seed, _ := newNKey(t)
	text, err := os.ReadFile(seed)
	if err == nil {
		err = os.WriteFile(open, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*config.Settings)
		says   string
	}{
		"a name that is none": {func(s *config.Settings) { s.ReplicaName = "a.b" }, `cannot use the name "a.b"`},
		"a node that is none": {func(s *config.Settings) { s.ReplicaNode = "a b" }, `cannot use the node "a b"`},
		"no file":             {func(s *config.Settings) { s.ReplicaNKey = "/nowhere" }, "/nowhere: no such file"},
		"no regular file":     {func(s *config.Settings) { s.ReplicaNKey = os.DevNull }, "is not a file"},
		"no nkey":             {func(s *config.Settings) { s.ReplicaNKey = writeSecret(t, "user.nk", []byte("x")) }, "cannot use the nkey"},
		"a secret for all":    {func(s *config.Settings) { s.ReplicaNKey = open }, "is open to everybody (mode 0644)"},
		"another machine":     {func(s *config.Settings) { s.Follow = []string{"nats://192.0.2.1:4222"} }, "need TLS and credentials"},
	} {
		t.Run(name, func(t *testing.T) {
			s := replicated(t, "south")
			s.Follow = []string{"nats://127.0.0.1:1"}
			test.change(&s)
			_, err := NewFollower(Options{Settings: s, Log: quiet()})
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("NewFollower = %v", err)
			}
		})
	}
}

func saysHint(s *api.Status, text string) bool {
	return slices.ContainsFunc(s.Hints, func(h api.Hint) bool { return strings.Contains(h.Text, text) })
}

// pretendServer greets as a server of a version, answers pings, and does nothing else.
func pretendServer(t *testing.T, version string) (url string) {
	t.Helper()
	ln := listening(t)
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				fmt.Fprintf(conn, `INFO {"server_id":"x","version":%q,"proto":1,"headers":true,"max_payload":1048576,"jetstream":true}`+"\r\n", version)
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					if lines.Text() == "PING" {
						fmt.Fprint(conn, "PONG\r\n")
					}
				}
			}()
		}
	}()
	return "nats://" + ln.Addr().String()
}

// deaf is an address where somebody listens and nobody answers.
func deaf(t *testing.T) string { return listening(t).Addr().String() }

func listening(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln
}

// makeStream makes a stream as somebody else.
func (b *broker) makeStream(t *testing.T, cfg jetstream.StreamConfig) {
	t.Helper()
	conn, err := nats.Connect(b.url())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err == nil {
		_, err = js.CreateStream(t.Context(), cfg)
	}
	if err != nil {
		t.Fatal(err)
	}
}
