package jetstream

import (
	"errors"
	"maps"
	"net"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"sessiond/internal/replica"
	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
)

// A stream that is deleted under both, without a word to anybody, is made again and read
// again.
func TestStreamMadeAnew(t *testing.T) {
	s := serve(t)
	d := publishes(t, connected(t, s, "north", authority), sessions(50, "1"))
	f, shown := follows(t, connected(t, s, "south", follower))
	awaits(t, f, d)
	before := f.Status().Head.Born
	if err := admin(t, s).DeleteStream(t.Context(), "KV_sd-test"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "of the new stream", func() bool { return f.Status().Head.Born.After(before) })
	d.look(sessions(49, "2"))
	awaits(t, f, d)
	if got := emails(shown.View()); !maps.Equal(got, map[string]int{"2": 49}) || d.Status().Losses == 0 || f.Status().Fulls < 2 {
		t.Errorf("the follower shows %v and is %+v, the authority %+v", got, f.Status(), d.Status())
	}
}

// A server that is stopped is done without, and comes back with what it had, or with
// nothing.
func TestServerComesBack(t *testing.T) {
	t.Parallel()
	comesBack := func(t *testing.T, wiped bool) {
		t.Parallel()
		dir := t.TempDir()
		var opts *server.Options
		s := serve(t, func(o *server.Options) { o.StoreDir, opts = dir, o })
		opts.Port = s.Addr().(*net.TCPAddr).Port
		d := publishes(t, connected(t, s, "north", authority), sessions(50, "1"))
		f, shown := follows(t, connected(t, s, "south", follower))
		awaits(t, f, d)
		stop(s)
		eventually(t, "away", func() bool { return d.Status().State == replica.StateAway })
		d.look(sessions(51, "2")) // nobody waits for the server
		if wiped {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}
		run(t, opts)
		eventually(t, "live", func() bool { return d.Status().State == replica.StateLive })
		awaits(t, f, d)
		if got := emails(shown.View()); !maps.Equal(got, map[string]int{"2": 51}) {
			t.Errorf("the follower shows %v", got)
		}
		if losses := d.Status().Losses; (losses > 0) != wiped {
			t.Errorf("there are %d losses", losses)
		}
	}
	t.Run("as it was", func(t *testing.T) { comesBack(t, false) })
	t.Run("wiped", func(t *testing.T) { comesBack(t, true) })
}

// A consumer that is deleted is made again, soon.
func TestConsumerIsDeleted(t *testing.T) {
	s := serve(t)
	d := publishes(t, connected(t, s, "north", authority), sessions(5, "1"))
	f, shown := follows(t, connected(t, s, "south", follower))
	awaits(t, f, d)
	if err := admin(t, s).DeleteConsumer(t.Context(), "KV_sd-test", "f-south"); err != nil {
		t.Fatal(err)
	}
	d.look(sessions(5, "2"))
	awaits(t, f, d)
	if got := emails(shown.View()); !maps.Equal(got, map[string]int{"2": 5}) || f.Status().Fulls != 1 {
		t.Errorf("the follower shows %v and is %+v", got, f.Status())
	}
}

// Of two authorities of one name, one publishes, and the other takes over when that stops.
func TestTwoAuthorities(t *testing.T) {
	s := serve(t)
	first := publishes(t, connected(t, s, "north", authority), sessions(50, "1"))
	f, shown := follows(t, connected(t, s, "south", follower))
	awaits(t, f, first)
	second := publishes(t, connected(t, s, "east", authority), sessions(49, "2"))
	eventually(t, "held", func() bool { return second.Status().State == replica.StateHeld })
	if r := second.Status().Reason; !strings.Contains(r, "north") {
		t.Errorf("the second says %q", r)
	}
	if got := emails(shown.View()); first.Status().State != replica.StateLive || got["1"] != 50 {
		t.Errorf("the first is %+v, the follower shows %v", first.Status(), got)
	}
	first.stop()
	awaits(t, f, second)
	if got := emails(shown.View()); !maps.Equal(got, map[string]int{"2": 49}) || second.Status().Head.Epoch != 2 {
		t.Errorf("the follower shows %v, the second is %+v", got, second.Status())
	}
}

// A limit that is reached is told; once it is raised, all goes on.
func TestLimitIsReached(t *testing.T) {
	s := serve(t)
	cfg := configOf(s, "north")
	cfg.MaxBytes = 64 << 10
	small := dialed(t, cfg, authority)
	eventually(t, "connected", small.conn.IsConnected)
	d := publishes(t, small, sessions(1000, "1"))
	eventually(t, "refused", func() bool { return d.Status().Code == replica.RefusedLimit })
	if s := d.Status(); s.State != replica.StateAway || !strings.Contains(s.Reason, "maximum bytes") {
		t.Errorf("the authority is %+v", s)
	}
	d.stop()
	cfg.MaxBytes = 64 << 20
	large := dialed(t, cfg, authority)
	eventually(t, "connected", large.conn.IsConnected)
	again := publishes(t, large, sessions(1000, "1"))
	f, shown := follows(t, connected(t, s, "south", follower))
	awaits(t, f, again)
	if n := shown.View().Len(); n != 1000 {
		t.Errorf("the follower shows %d sessions", n)
	}
}

// A session that is too large for the server, with its headers, is left out, and counted.
func TestTooLargeASession(t *testing.T) {
	const limit = 64 << 10
	s := serve(t, func(o *server.Options) { o.MaxPayload = limit })
	files := sessions(5, "1")
	files[session.Key{App: "T.a.b", ID: "fits"}] = strings.Repeat("x", limit-4<<10)
	files[session.Key{App: "T.a.b", ID: "headers"}] = strings.Repeat("y", limit-1<<10)
	files[session.Key{App: "T.a.b", ID: "large"}] = strings.Repeat("z", 2*limit)
	d := publishes(t, connected(t, s, "north", authority), files)
	f, shown := follows(t, connected(t, s, "south", follower))
	awaits(t, f, d)
	if n := shown.View().Len(); n != 6 || d.Status().Omitted != 2 {
		t.Errorf("the follower shows %d sessions, %d are omitted", n, d.Status().Omitted)
	}
	// It stays away when it grows, and comes when it is small enough.
	files = maps.Clone(files)
	files[session.Key{App: "T.a.b", ID: "fits"}] = strings.Repeat("x", 2*limit)
	files[session.Key{App: "T.a.b", ID: "large"}] = "z"
	d.look(files)
	awaits(t, f, d)
	if n := shown.View().Len(); n != 6 || d.Status().Omitted != 2 || emails(shown.View())["z"] != 1 {
		t.Errorf("then, the follower shows %d sessions, %d are omitted", n, d.Status().Omitted)
	}
}

// An append that nobody answers is neither taken for done nor for refused.
func TestAppendWithoutAnAnswer(t *testing.T) {
	s := serve(t)
	e := connected(t, s, "north", authority)
	other := connected(t, s, "east", authority)
	sub, err := other.conn.SubscribeSync("$KV.sd-test.>") // and there is no stream
	if err != nil {
		t.Fatal(err)
	}
	if err := other.conn.Flush(); err != nil {
		t.Fatal(err)
	}
	_, err = e.Append(t.Context(), 0, []replica.Message{{Key: "x"}})
	if err == nil || refusal(err) != "" || errors.Is(err, replica.ErrMoved) {
		t.Errorf("the error is %v", err)
	}
	if n, _, _ := sub.Pending(); n != 1 {
		t.Errorf("%d messages were sent", n)
	}
}

// proxy stands between a client and a server.
type proxy struct {
	net.Listener
	mu   sync.Mutex
	seen []byte // all that went either way
	gate sync.RWMutex
}

func proxied(t *testing.T, s *server.Server) *proxy {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: ln}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", s.Addr().String())
			if err != nil {
				near.Close()
				continue
			}
			go p.copy(far, near)
			go p.copy(near, far)
		}
	}()
	return p
}

func (p *proxy) copy(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		p.gate.RLock() // nothing passes while it is closed
		p.mu.Lock()
		p.seen = append(p.seen, buffer[:n]...)
		p.mu.Unlock()
		if _, failed := to.Write(buffer[:n]); failed != nil || err != nil {
			p.gate.RUnlock()
			return
		}
		p.gate.RUnlock()
	}
}

// A server that is silent for a while is noticed on both sides, and needs nobody.
func TestServerIsSilent(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := proxied(t, s)
	north, south := configOf(s, "north"), configOf(s, "south")
	north.URLs, south.URLs = []string{"nats://" + p.Addr().String()}, []string{"nats://" + p.Addr().String()}
	e, r := dialed(t, north, authority), dialed(t, south, follower)
	eventually(t, "connected", func() bool { return e.conn.IsConnected() && r.conn.IsConnected() })
	d := publishes(t, e, sessions(50, "1"))
	f, shown := follows(t, r)
	awaits(t, f, d)
	p.gate.Lock()
	changed := sessions(50, "1")
	changed[someKey] = "2"
	d.look(changed)
	eventually(t, "stale", func() bool { return f.Status().State == replica.StateStale && d.Status().State == replica.StateAway })
	if got := emails(shown.View()); got["1"] != 50 {
		t.Errorf("the follower shows %v", got)
	}
	p.gate.Unlock()
	eventually(t, "live", func() bool { return d.Status().State == replica.StateLive })
	awaits(t, f, d)
	if got := emails(shown.View()); got["2"] != 1 || d.Status().Losses > 0 {
		t.Errorf("the follower shows %v, the authority is %+v", got, d.Status())
	}
}

// What comes to a follower's inbox from another consumer, or from nobody's, is not taken.
func TestOthersDeliveries(t *testing.T) {
	s := serve(t)
	js := admin(t, s)
	pulls, err := js.Conn().SubscribeSync("$JS.API.CONSUMER.MSG.NEXT.KV_sd-test.f-south")
	if err != nil {
		t.Fatal(err)
	}
	made, err := js.Conn().SubscribeSync("$JS.API.CONSUMER.CREATE.KV_sd-test.f-south")
	if err != nil {
		t.Fatal(err)
	}
	if err := js.Conn().Flush(); err != nil {
		t.Fatal(err)
	}
	d := publishes(t, connected(t, s, "north", authority), sessions(5, "1"))
	f, shown := follows(t, connected(t, s, "south", follower))
	awaits(t, f, d)
	pull, err := pulls.NextMsg(patience)
	if err != nil {
		t.Fatal(err)
	}
	victim := pull.Reply
	foreign := sessiontest.New(someKey, session.StatusAccepted, session.Details{Email: "foreign"})
	h := replica.HashOf(foreign.Key())
	for _, reply := range []string{"", "$JS.ACK.KV_sd-test.f-east.1.9.1.1.0", "$JS.ACK.KV_other.f-south.1.9.9.1.0", "x"} {
		if err := js.Conn().PublishRequest(victim, reply, []byte(h.String())); err != nil {
			t.Logf("%s: %v", reply, err) // the server may refuse it first
		}
	}
	consumer, err := js.CreateConsumer(t.Context(), "KV_sd-test", consumerNamed("f-east"))
	if err != nil {
		t.Fatal(err)
	}
	if err := js.Conn().PublishRequest("$JS.API.CONSUMER.MSG.NEXT.KV_sd-test.f-east", victim, []byte("3")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "delivered", func() bool {
		info, err := consumer.Info(t.Context())
		return err == nil && info.Delivered.Consumer == 3
	})
	d.look(sessions(5, "2"))
	awaits(t, f, d)
	if n, _, err := made.Pending(); err != nil || n != 1 {
		t.Errorf("the follower made its consumer %d times: %v", n, err)
	}
	if got := emails(shown.View()); !maps.Equal(got, map[string]int{"2": 5}) {
		t.Errorf("the follower shows %v and is %+v", got, f.Status())
	}
}

func consumerNamed(name string) natsjs.ConsumerConfig {
	return natsjs.ConsumerConfig{Name: name, AckPolicy: natsjs.AckNonePolicy}
}
