package jetstream

import (
	"bytes"
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"sessiond/internal/replica"
)

// takes has an authority answer edits, and counts them.
func takes(t *testing.T, e *Engine, answer func(node string, edit *replica.Edit) replica.Edited) *atomic.Int64 {
	t.Helper()
	var taken atomic.Int64
	subscribed := subscribes(t, e)
	started(t, func(ctx context.Context) {
		err := e.ServeEdits(ctx, func(_ context.Context, node string, edit *replica.Edit, _ int) replica.Edited {
			taken.Add(1)
			answered := answer(node, edit)
			answered.ID = edit.ID
			return answered
		})
		if err != nil {
			t.Error(err)
		}
	})
	subscribed()
	return &taken
}

func TestEdit(t *testing.T) {
	s := serve(t)
	var got *replica.Edit
	takes(t, connected(t, s, "north", authority), func(node string, e *replica.Edit) replica.Edited {
		got = e
		return replica.Edited{Status: 200, ETag: node, Body: []byte("two\nlines")}
	})
	edit := &replica.Edit{ID: "1", Run: 7, Request: &replica.EditRequest{Method: "PATCH", Target: "/v1/x", Level: "admin", Body: []byte("{}\n{}")}}
	answer, err := connected(t, s, "south", follower).Edit(t.Context(), edit)
	if err != nil || answer.Status != 200 || answer.ETag != "south" || string(answer.Body) != "two\nlines" {
		t.Errorf("the answer is %+v, %v", answer, err)
	}
	if got.Run != 7 || got.Request.Target != "/v1/x" || string(got.Request.Body) != "{}\n{}" {
		t.Errorf("the edit is %+v, %+v", got, got.Request)
	}
}

// Where nobody has got an edit for sure, that is told.
func TestEditThatNobodyHas(t *testing.T) {
	s := serve(t, func(o *server.Options) { o.MaxPayload = 1 << 16 })
	f := connected(t, s, "south", follower)
	edit := &replica.Edit{ID: "1", Request: &replica.EditRequest{}}
	if got, err := f.Edit(t.Context(), edit); !errors.Is(err, replica.ErrNobody) {
		t.Errorf("without an authority: %+v, %v", got, err)
	}
	edit.Request.Body = bytes.Repeat([]byte{'x'}, 1<<16)
	if got, err := f.Edit(t.Context(), edit); refusal(err) != replica.RefusedPayload {
		t.Errorf("with a long body: %+v, %v", got, err)
	}
	if most := f.MaxEditBody(); most <= 0 || most >= 1<<16 {
		t.Errorf("a body may have %d bytes", most)
	}
	stop(s)
	eventually(t, "disconnected", func() bool { return !f.conn.IsConnected() })
	if got, err := f.Edit(t.Context(), &replica.Edit{ID: "1"}); !errors.Is(err, replica.ErrNobody) {
		t.Errorf("without a server: %+v, %v", got, err)
	}
}

// An authority takes an edit only as a follower sends it. Whoever may make consumers could
// have one deliver to the subject, and whoever may ask for anything could have the answer
// sent there.
func TestEditsThatAreNotTaken(t *testing.T) {
	s := serve(t)
	d := publishes(t, connected(t, s, "north", authority), sessions(3, "1"))
	f, _ := follows(t, connected(t, s, "south", follower))
	awaits(t, f, d)
	taken := takes(t, d.engine, func(string, *replica.Edit) replica.Edited { return replica.Edited{Status: 200} })
	nc, err := nats.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := natsjs.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	const subject, reply = "sd.test.edit.south", "_INBOX.sd-test.f-south.x"
	good, err := replica.EncodeEdit(&replica.Edit{ID: "1", Request: &replica.EditRequest{Method: "DELETE", Target: "/v1/x", Level: "admin"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]*nats.Msg{
		"no reply":                    {Subject: subject, Data: good},
		"a reply to another's inbox":  {Subject: subject, Reply: "_INBOX.sd-test.f-east.x", Data: good},
		"a reply to the authority's":  {Subject: subject, Reply: "_INBOX.sd-test.a-north.x", Data: good},
		"a reply to another's edits":  {Subject: subject, Reply: "sd.test.edit.east", Data: good},
		"a reply to a stream":         {Subject: subject, Reply: "$KV.sd-test.s.x", Data: good},
		"a header":                    {Subject: subject, Reply: reply, Data: good, Header: nats.Header{"X": {"x"}}},
		"another member":              {Subject: subject, Reply: reply, Data: []byte("{\"id\":\"1\",\"x\":1}\n")},
		"another member of a request": {Subject: subject, Reply: reply, Data: []byte("{\"id\":\"1\",\"request\":{\"x\":1}}\n")},
		"no id":                       {Subject: subject, Reply: reply, Data: []byte("{}\n")},
		"no line":                     {Subject: subject, Reply: reply, Data: []byte(`{"id":"1"}`)},
		"a body of nothing":           {Subject: subject, Reply: reply, Data: []byte("{\"id\":\"1\"}\nx")},
		"a member twice":              {Subject: subject, Reply: reply, Data: []byte("{\"id\":\"1\",\"id\":\"2\"}\n")},
		"a long one":                  {Subject: subject, Reply: reply, Data: append(bytes.Repeat([]byte{' '}, 1<<15), good...)},
	} {
		if err := nc.PublishMsg(m); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// An answer of the server that is sent there.
	if err := nc.PublishRequest("$JS.API.STREAM.INFO.KV_sd-test", subject, nil); err != nil {
		t.Fatal(err)
	}
	// Edits that lie in the stream, which consumers deliver there: one that is asked, and one
	// that pushes, for which the server wants somebody to be subscribed to this very subject.
	if _, err := nc.SubscribeSync(subject); err != nil {
		t.Fatal(err)
	}
	if _, err := js.PublishMsg(t.Context(), &nats.Msg{Subject: "$KV.sd-test.x", Data: good}); err != nil {
		t.Fatal(err)
	}
	pull, err := js.CreateConsumer(t.Context(), "KV_sd-test", natsjs.ConsumerConfig{
		Name: "pull", FilterSubject: "$KV.sd-test.x", AckPolicy: natsjs.AckExplicitPolicy,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := nc.PublishRequest("$JS.API.CONSUMER.MSG.NEXT.KV_sd-test.pull", subject, []byte("1")); err != nil {
		t.Fatal(err)
	}
	push, err := js.CreatePushConsumer(t.Context(), "KV_sd-test", natsjs.ConsumerConfig{
		Name: "push", FilterSubject: "$KV.sd-test.x", AckPolicy: natsjs.AckExplicitPolicy, DeliverSubject: subject,
	})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "delivered", func() bool {
		pulled, err := pull.Info(t.Context())
		pushed, other := push.Info(t.Context())
		return err == nil && other == nil && pulled.NumAckPending == 1 && pushed.NumAckPending == 1
	})
	// What was sent before is looked at before.
	if got, err := connected(t, s, "south", follower).Edit(t.Context(), &replica.Edit{ID: "1"}); err != nil || got.Status != 200 {
		t.Errorf("a good edit is answered by %+v, %v", got, err)
	}
	if n := taken.Load(); n != 1 {
		t.Errorf("%d edits were taken", n)
	}
}
