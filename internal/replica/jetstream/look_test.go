package jetstream

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"sessiond/internal/replica"
	"sessiond/internal/session"
)

var someKey = session.Key{App: "T.a.b", ID: "000000"}

// answers has an authority answer looks, and counts them.
func answers(t *testing.T, e *Engine, answer func(context.Context, session.Key) replica.Looked) *atomic.Int64 {
	t.Helper()
	var asked atomic.Int64
	subscribed := subscribes(t, e)
	started(t, func(ctx context.Context) {
		if err := e.ServeLooks(ctx, func(ctx context.Context, key session.Key) replica.Looked {
			asked.Add(1)
			return answer(ctx, key)
		}); err != nil {
			t.Error(err)
		}
	})
	subscribed()
	return &asked
}

// subscribes returns what waits until an engine has a subscription more than now.
func subscribes(t *testing.T, e *Engine) (subscribed func()) {
	before := e.conn.NumSubscriptions()
	return func() {
		t.Helper()
		eventually(t, "subscribed", func() bool { return e.conn.NumSubscriptions() > before && e.conn.Flush() == nil })
	}
}

func TestLook(t *testing.T) {
	s := serve(t)
	want := replica.Looked{Known: true, In: true, Position: replica.Position{Epoch: 3, N: 4}}
	var key session.Key
	answers(t, connected(t, s, "north", authority), func(_ context.Context, k session.Key) replica.Looked {
		key = k
		return want
	})
	got, err := connected(t, s, "south", follower).Look(t.Context(), someKey)
	if got.ID == "" {
		t.Error("the answer has no ID")
	}
	if got.ID = ""; err != nil || got != want || key != someKey {
		t.Errorf("the answer about %s is %+v, %v", key, got, err)
	}
}

func TestLookWithoutAnAuthority(t *testing.T) {
	if got, err := connected(t, serve(t), "south", follower).Look(t.Context(), someKey); err == nil {
		t.Errorf("the answer is %+v", got)
	}
}

// More looks than an authority has hands for are answered at once: nothing is sure.
func TestTooManyLooks(t *testing.T) {
	s := serve(t)
	end := make(chan struct{})
	asked := answers(t, connected(t, s, "north", authority), func(context.Context, session.Key) replica.Looked {
		<-end
		return replica.Looked{Known: true}
	})
	f := connected(t, s, "south", follower)
	known := make(chan bool, looksAtOnce)
	for range looksAtOnce {
		go func() {
			got, err := f.Look(t.Context(), someKey)
			known <- err == nil && got.Known
		}()
	}
	eventually(t, "asked", func() bool { return asked.Load() == looksAtOnce })
	if got, err := f.Look(t.Context(), someKey); err != nil || got.Known {
		t.Errorf("the answer to one more is %+v, %v", got, err)
	}
	close(end)
	for range looksAtOnce {
		if !<-known {
			t.Error("one was not answered")
		}
	}
}

// An authority takes a question only as a follower sends it. A user who may make consumers
// could have one deliver to the subject, or have the answer sent elsewhere.
func TestQuestionsThatAreNotTaken(t *testing.T) {
	s := serve(t)
	d := publishes(t, connected(t, s, "north", authority), sessions(3, "1"))
	f, _ := follows(t, connected(t, s, "south", follower))
	awaits(t, f, d)
	asked := answers(t, d.engine, func(context.Context, session.Key) replica.Looked { return replica.Looked{Known: true} })
	nc, err := nats.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := natsjs.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	good := []byte(`{"id":"1","session":"T.a.b/000000"}`)
	const reply = "_INBOX.sd-test.f-south.x"
	for name, m := range map[string]*nats.Msg{
		"no reply":                   {Subject: "sd.test.look.south", Data: good},
		"a reply to another's inbox": {Subject: "sd.test.look.south", Reply: "_INBOX.sd-test.f-east.x", Data: good},
		"a reply to a stream":        {Subject: "sd.test.look.south", Reply: "$KV.sd-test.s.x", Data: good},
		"a header":                   {Subject: "sd.test.look.south", Reply: reply, Data: good, Header: nats.Header{"Nats-Stream": {"x"}}},
		"another member":             {Subject: "sd.test.look.south", Reply: reply, Data: []byte(`{"id":"1","session":"T.a.b/0","x":1}`)},
		"two values":                 {Subject: "sd.test.look.south", Reply: reply, Data: append(good, good...)},
		"no key":                     {Subject: "sd.test.look.south", Reply: reply, Data: []byte(`{"id":"1","session":"../x"}`)},
		"a long one":                 {Subject: "sd.test.look.south", Reply: reply, Data: []byte(`{"id":"` + strings.Repeat("1", 1<<15) + `","session":"T.a.b/0"}`)},
		"no JSON":                    {Subject: "sd.test.look.south", Reply: reply, Data: []byte(`x`)},
	} {
		if err := nc.PublishMsg(m); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A consumer that delivers questions to the subject: they lie in the stream.
	if _, err := js.PublishMsg(t.Context(), &nats.Msg{Subject: "$KV.sd-test.x", Data: good}); err != nil {
		t.Fatal(err)
	}
	pull, err := js.CreateConsumer(t.Context(), "KV_sd-test", natsjs.ConsumerConfig{
		Name: "x", FilterSubject: "$KV.sd-test.x", AckPolicy: natsjs.AckExplicitPolicy,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := nc.PublishRequest("$JS.API.CONSUMER.MSG.NEXT.KV_sd-test.x", "sd.test.look.south", []byte("1")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "delivered", func() bool {
		info, err := pull.Info(t.Context())
		return err == nil && info.NumAckPending == 1
	})
	// What was sent before is looked at before.
	if _, err := nc.Request("sd.test.look.none", good, 100*time.Millisecond); err == nil {
		t.Error("it is answered in an inbox of nobody")
	}
	if got, err := connected(t, s, "south", follower).Look(t.Context(), someKey); err != nil || !got.Known {
		t.Errorf("a good question is answered by %+v, %v", got, err)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("%d questions were taken", n)
	}
}
