package jetstream

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"sessiond/internal/replica"
	"sessiond/internal/session"
)

// admin returns a connection of somebody who may do everything.
func admin(t *testing.T, s *server.Server) natsjs.JetStream {
	t.Helper()
	nc, err := nats.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := natsjs.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// refusal returns the code of a refusal, and nothing for another error.
func refusal(err error) replica.RefusalCode {
	if refused, is := errors.AsType[*replica.RefusedError](err); is {
		return refused.Code
	}
	return ""
}

func TestStreamIsMade(t *testing.T) {
	s := serve(t)
	cfg := configOf(s, "north")
	cfg.MaxBytes = 1 << 20
	e := dialed(t, cfg, authority)
	eventually(t, "connected", e.conn.IsConnected)
	if _, err := e.Info(t.Context()); !errors.Is(err, replica.ErrNoLog) {
		t.Errorf("before, it says %v", err)
	}
	info, err := e.Open(t.Context())
	if err != nil || time.Since(info.Born).Abs() > time.Minute || info.Messages != 0 || info.MaxPayload != 1<<20 || !strings.Contains(info.Engine, "2.15.3") {
		t.Errorf("it is %+v, %v", info, err)
	}
	again, err := e.Open(t.Context())
	if err != nil || !again.Born.Equal(info.Born) || again.Last != info.Last {
		t.Errorf("opened again, it is %+v, %v, not %+v", again, err, info)
	}
	stream, err := admin(t, s).Stream(t.Context(), "KV_sd-test")
	if err != nil {
		t.Fatal(err)
	}
	is := stream.CachedInfo().Config
	if is.MaxMsgsPerSubject != 1 || is.Discard != natsjs.DiscardNew || !is.AllowMsgTTL || !is.AllowAtomicPublish || !is.DenyDelete ||
		is.AllowDirect || is.Replicas != 1 || is.Storage != natsjs.FileStorage || is.MaxBytes != 1<<20 ||
		!cmp.Equal(is.Subjects, []string{"$KV.sd-test.>"}) {
		t.Errorf("it is set up as %+v", is)
	}
	if _, err := admin(t, s).KeyValue(t.Context(), "sd-test"); err != nil {
		t.Errorf("it is no bucket: %v", err)
	}
}

// A stream that is made again begins above all sequences that it had: what was sent to the
// one before is refused.
func TestStreamMadeAgainHasNoOldSequence(t *testing.T) {
	s := serve(t)
	e := connected(t, s, "north", authority)
	before, err := e.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	last, err := e.Append(t.Context(), before.Last, []replica.Message{{Key: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := admin(t, s).DeleteStream(t.Context(), "KV_sd-test"); err != nil {
		t.Fatal(err)
	}
	after, err := e.Open(t.Context())
	if err != nil || after.Last <= last || after.Born.Equal(before.Born) {
		t.Errorf("it is %+v after %+v, %v", after, before, err)
	}
	if _, err := e.Append(t.Context(), last, []replica.Message{{Key: "x"}}); !errors.Is(err, replica.ErrMoved) {
		t.Errorf("what was for the one before is taken: %v", err)
	}
}

// What can be changed is changed; else it is said what is otherwise.
func TestStreamThatIsThere(t *testing.T) {
	base := natsjs.StreamConfig{Name: "KV_sd-test", Subjects: []string{"$KV.sd-test.>"}, Storage: natsjs.FileStorage}
	for name, test := range map[string]struct {
		is   func(*natsjs.StreamConfig)
		want string // in the reason of a refusal; empty for none
	}{
		"a plain one":       {func(*natsjs.StreamConfig) {}, ""},
		"direct reads":      {func(c *natsjs.StreamConfig) { c.AllowDirect, c.MaxMsgsPerSubject = true, 5 }, ""},
		"a limit":           {func(c *natsjs.StreamConfig) { c.MaxBytes, c.MaxAge = 1<<20, time.Hour }, ""},
		"others' additions": {func(c *natsjs.StreamConfig) { c.Description, c.Compression = "x", natsjs.S2Compression }, ""},
		"in memory":         {func(c *natsjs.StreamConfig) { c.Storage = natsjs.MemoryStorage }, "storage"},
		"a queue":           {func(c *natsjs.StreamConfig) { c.Retention = natsjs.WorkQueuePolicy }, "retention"},
		"without purges":    {func(c *natsjs.StreamConfig) { c.DenyPurge = true }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t)
			cfg := base
			test.is(&cfg)
			if _, err := admin(t, s).CreateStream(t.Context(), cfg); err != nil {
				t.Fatal(err)
			}
			e := connected(t, s, "north", authority)
			_, err := e.Open(t.Context())
			if test.want == "" {
				stream, failed := admin(t, s).Stream(t.Context(), "KV_sd-test")
				if err != nil || failed != nil {
					t.Fatalf("it is refused: %v, %v", err, failed)
				}
				is := stream.CachedInfo().Config
				if is.AllowDirect || is.MaxMsgsPerSubject != 1 || is.MaxBytes != -1 || is.MaxAge != 0 || is.Description != cfg.Description || is.Compression != cfg.Compression {
					t.Errorf("it is left as %+v", is)
				}
				return
			}
			if refusal(err) != replica.RefusedConfiguration || !strings.Contains(strings.ToLower(err.Error()), test.want) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestServersThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*server.Options)
		config func(*Config)
		want   replica.RefusalCode
		says   string
	}{
		"without JetStream": {func(o *server.Options) { o.JetStream = false }, func(*Config) {}, replica.RefusedJetStream, "-js"},
		"copies on one server": {
			func(*server.Options) {}, func(c *Config) { c.Copies = 3 }, replica.RefusedConfiguration, "replicas",
		},
		"too little storage": {
			func(o *server.Options) { o.JetStreamMaxStore = 1 << 10 }, func(c *Config) { c.MaxBytes = 1 << 20 }, replica.RefusedLimit, "storage",
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := configOf(serve(t, test.change), "north")
			test.config(&cfg)
			e := dialed(t, cfg, authority)
			eventually(t, "connected", e.conn.IsConnected)
			_, err := e.Open(t.Context())
			if refusal(err) != test.want || !strings.Contains(err.Error(), test.says) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// An old server takes all that it is sent, and drops what it does not know without a word.
func TestOldServer(t *testing.T) {
	for version, want := range map[string]replica.RefusalCode{
		"2.9.10": replica.RefusedVersion, "2.11.99": replica.RefusedVersion, "1.99.0": replica.RefusedVersion, "x": replica.RefusedVersion,
		"2.12.0": "", "2.15.0-beta.1": "", "3.0.0": "",
	} {
		if got := refusal(checkVersion(version)); got != want {
			t.Errorf("%s is answered by %q", version, got)
		}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go pretend(ln, "2.9.10")
	e := dialed(t, Config{URLs: []string{"nats://" + ln.Addr().String()}, Name: "test", Node: "north"}, authority)
	eventually(t, "connected", e.conn.IsConnected)
	d := publishes(t, e, sessions(1, "1"))
	eventually(t, "refused", func() bool { return d.Status().Code == replica.RefusedVersion })
	if s := d.Status(); s.State != replica.StateAway || !strings.Contains(s.Reason, "2.9.10") {
		t.Errorf("the authority is %+v", s)
	}
	f, _ := follows(t, e)
	eventually(t, "refused", func() bool { return f.Status().Code == replica.RefusedVersion })
}

// pretend greets as a server of a version, and answers pings.
func pretend(ln net.Listener, version string) {
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
}

// What the server says that it made is believed, not what it was asked for.
func TestServerThatDropsSettings(t *testing.T) {
	s := serve(t, func(o *server.Options) { o.JetStream = false })
	e := connected(t, s, "north", authority)
	api := connected(t, s, "api", authority).conn
	if _, err := api.Subscribe("$JS.API.STREAM.INFO.*", func(m *nats.Msg) {
		_ = m.Respond([]byte(`{"error":{"code":404,"err_code":10059,"description":"stream not found"}}`))
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := api.Subscribe("$JS.API.STREAM.CREATE.*", func(m *nats.Msg) {
		config := strings.Replace(string(m.Data), `"allow_atomic":true`, `"allow_atomic":false`, 1)
		_ = m.Respond([]byte(`{"created":"2026-01-02T03:04:05Z","config":` + config + `}`))
	}); err != nil {
		t.Fatal(err)
	}
	if err := api.Flush(); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Open(t.Context()); refusal(err) != replica.RefusedConfiguration || !strings.Contains(err.Error(), "allow_atomic is false") {
		t.Errorf("the error is %v", err)
	}
}

// Appends are a chain: after somebody else's message, none is taken, nor a part of one.
func TestAppendsAreAChain(t *testing.T) {
	s := serve(t)
	e := connected(t, s, "north", authority)
	info, err := e.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	some := []replica.Message{{Key: "a", Payload: []byte("1")}, {Key: "b", Payload: []byte("2")}, {Key: "c", Payload: []byte("3")}}
	last, err := e.Append(t.Context(), info.Last, some)
	if err != nil || last != info.Last+3 {
		t.Fatalf("the sequence is %d after %d, %v", last, info.Last, err)
	}
	if _, err := admin(t, s).Publish(t.Context(), "$KV.sd-test.foreign", nil); err != nil {
		t.Fatal(err)
	}
	for _, batch := range [][]replica.Message{some[:1], some[1:2], some, some[:2]} {
		if _, err := e.Append(t.Context(), last, batch); !errors.Is(err, replica.ErrMoved) {
			t.Errorf("%d messages: %v", len(batch), err)
		}
	}
	after, err := e.Info(t.Context())
	if err != nil || after.Last != last+1 {
		t.Errorf("the last sequence is %d after %d, %v", after.Last, last, err)
	}
}

// What a bucket's reader sees: no key of a session in a subject, a removal that ends, no id
// for deduplication, and one change as one message with the head.
func TestMessagesAsTheyAre(t *testing.T) {
	s := serve(t)
	js := admin(t, s)
	d := publishes(t, connected(t, s, "north", authority), sessions(30, "1"))
	f, _ := follows(t, connected(t, s, "south", follower))
	awaits(t, f, d)
	changed := sessions(29, "1")
	d.look(changed)
	awaits(t, f, d)
	stream, err := js.Stream(t.Context(), "KV_sd-test")
	if err != nil {
		t.Fatal(err)
	}
	removed := 0
	for seq := stream.CachedInfo().State.FirstSeq; seq <= stream.CachedInfo().State.LastSeq; seq++ {
		m, err := stream.GetMsg(t.Context(), seq)
		if errors.Is(err, natsjs.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if m.Header.Get("Nats-Msg-Id") != "" {
			t.Errorf("%s has an id", m.Subject)
		}
		for key := range sessions(30, "") {
			if strings.Contains(m.Subject, key.ID) {
				t.Errorf("the subject %s names a session", m.Subject)
			}
		}
		if m.Header.Get("KV-Operation") != "DEL" {
			continue
		}
		removed++
		head := m.Header.Get("Sd-Head")
		ttl, err := time.ParseDuration(m.Header.Get("Nats-TTL"))
		if err != nil || ttl != replica.TombstoneTTL || head == "" || m.Header.Get("Nats-Batch-Id") != "" ||
			m.Header.Get("Sd-Reason") != session.RemovedDeleted || m.Header.Get("Sd-Revision") != strconv.FormatUint(d.store.View().Revision(), 10) {
			t.Errorf("the removal is %+v", m.Header)
		}
	}
	if removed != 1 {
		t.Errorf("there are %d removals", removed)
	}
	consumer, err := js.Consumer(t.Context(), "KV_sd-test", "f-south")
	if err != nil {
		t.Fatal(err)
	}
	if cfg := consumer.CachedInfo().Config; cfg.FilterSubject != "" || len(cfg.FilterSubjects) > 0 || cfg.AckPolicy != natsjs.AckNonePolicy || !cfg.MemoryStorage {
		t.Errorf("the follower's consumer is %+v", cfg)
	}
}
