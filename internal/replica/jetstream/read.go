package jetstream

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"sessiond/internal/replica"
)

const (
	// createTime is how long it may take to make a consumer at first. A question that came to
	// a server while it ended is never answered, so the first ones are short; but that of a
	// stream with a million keys takes its time while others are made, so each that fails is
	// followed by one of twice the time, up to maxCreateTime. spread is how far these are
	// spread.
	createTime    = 3 * time.Second
	maxCreateTime = 30 * time.Second
	spread        = 100 * time.Millisecond
	// heartbeat is how often the server says that there is nothing, and expiry how long one
	// pull of messages lasts.
	heartbeat = time.Second
	expiry    = 30 * time.Second
	// inactive is when the server deletes a consumer that nobody reads from.
	inactive = 30 * time.Second
	// deleteTime is how long it may take to delete one.
	deleteTime = time.Second
	// What a reader has at hand, at most.
	readMessages = 4096
	readBytes    = 16 << 20
)

// reader reads by a consumer of its own: without a filter, which would make the server walk
// all subjects, without acknowledgements, and with a fixed name, so that a user's rights
// can be those for one consumer.
type reader struct {
	e         *Engine
	name      string
	messages  jetstream.MessagesContext
	delivered uint64                // the consumer's own sequence
	silent    bool                  // a heartbeat was missed
	broken    atomic.Pointer[error] // why nothing more will come; nil while it may

	awaitNoMore func() // ends that broken is set
}

// Read implements [replica.Log].
func (e *Engine) Read(ctx context.Context, after uint64, headers bool) (replica.Reader, error) {
	if err := e.ready(); err != nil {
		return nil, err
	}
	select {
	case <-time.After(rand.N(spread)): //nolint:gosec // nobody gains by guessing it
	case <-ctx.Done():
		return nil, fmt.Errorf("cannot read the stream: %w", ctx.Err())
	}
	r := &reader{e: e, name: string(e.role) + "-" + e.cfg.Node}
	if err := r.remove(ctx); err != nil {
		return nil, err
	}
	cfg := jetstream.ConsumerConfig{
		Name:              r.name,
		DeliverPolicy:     jetstream.DeliverAllPolicy,
		AckPolicy:         jetstream.AckNonePolicy,
		MaxDeliver:        1,
		HeadersOnly:       headers,
		InactiveThreshold: inactive,
		Replicas:          1,
		MemoryStorage:     true,
	}
	if after > 0 {
		cfg.DeliverPolicy, cfg.OptStartSeq = jetstream.DeliverByStartSequencePolicy, after+1
	}
	e.createWithin = min(max(2*e.createWithin, createTime), maxCreateTime)
	consumer, err := r.create(ctx, cfg, e.createWithin)
	if err != nil {
		return nil, err
	}
	e.createWithin = 0
	r.messages, err = consumer.Messages(
		jetstream.PullMaxMessagesWithBytesLimit(readMessages, readBytes),
		jetstream.PullHeartbeat(heartbeat), jetstream.PullExpiry(expiry))
	if err != nil {
		return nil, fmt.Errorf("cannot read the stream: %w", err)
	}
	r.awaitNoMore = r.e.await(r.pullSubject(), func(why error) {
		r.broken.Store(&why)
		r.messages.Stop()
	})
	if !r.e.conn.IsConnected() {
		r.Close() // nobody may have been told
		return nil, r.e.ready()
	}
	return r, nil
}

func (r *reader) pullSubject() string {
	return jetstream.DefaultAPIPrefix + "CONSUMER.MSG.NEXT." + r.e.stream + "." + r.name
}

// create makes the consumer. That a right is lacking is told by the error handler alone.
func (r *reader) create(ctx context.Context, cfg jetstream.ConsumerConfig, within time.Duration) (jetstream.Consumer, error) {
	ctx, done := r.e.awaiting(ctx, jetstream.DefaultAPIPrefix+"CONSUMER.CREATE."+r.e.stream+"."+r.name, within)
	defer done()
	consumer, err := r.e.js.CreateConsumer(ctx, r.e.stream, cfg)
	if err != nil {
		return nil, consumerError(ctx, "make a consumer of", r.e.stream, err)
	}
	return consumer, nil
}

// remove deletes the consumer of the name, which an earlier reader may have left behind.
func (r *reader) remove(ctx context.Context) error {
	ctx, done := r.e.awaiting(ctx, jetstream.DefaultAPIPrefix+"CONSUMER.DELETE."+r.e.stream+"."+r.name, askTime)
	defer done()
	err := r.e.js.DeleteConsumer(ctx, r.e.stream, r.name)
	if err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return consumerError(ctx, "delete a consumer of", r.e.stream, err)
	}
	return nil
}

func consumerError(ctx context.Context, what, stream string, err error) error {
	if why := context.Cause(ctx); isCause(why) {
		return why
	}
	if api, is := errors.AsType[*jetstream.APIError](err); is {
		return judge(what+" the stream "+stream, api)
	}
	return fmt.Errorf("cannot %s the stream %s: %w", what, stream, err)
}

// Next implements [replica.Reader].
func (r *reader) Next(ctx context.Context) (replica.Message, error) {
	for {
		m, err := r.messages.Next(jetstream.NextContext(ctx))
		switch {
		case err == nil:
			r.silent = false
		case errors.Is(err, jetstream.ErrNoHeartbeat) && !r.silent:
			r.silent = true // a first pull may go unanswered
			continue
		case r.broken.Load() != nil:
			return replica.Message{}, *r.broken.Load()
		case ctx.Err() != nil:
			return replica.Message{}, ctx.Err()
		default:
			return replica.Message{}, fmt.Errorf("cannot read the stream %s: %w", r.e.stream, err)
		}
		meta, err := m.Metadata()
		if err != nil || meta.Stream != r.e.stream || meta.Consumer != r.name {
			continue // not from our consumer: whoever knows the inbox can send there
		}
		if r.delivered++; meta.Sequence.Consumer != r.delivered {
			return replica.Message{}, fmt.Errorf("cannot go on with delivery %d of %d: %w", meta.Sequence.Consumer, r.delivered, replica.ErrGap)
		}
		out := r.e.decode(m.Subject(), m.Headers(), m.Data())
		out.Sequence, out.Pending, out.Time = meta.Sequence.Stream, meta.NumPending, meta.Timestamp
		return out, nil
	}
}

// Close implements [replica.Reader].
func (r *reader) Close() {
	r.awaitNoMore()
	r.messages.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), deleteTime)
	defer cancel()
	if r.e.conn.IsConnected() {
		_ = r.remove(ctx) // else the server deletes it
	}
}
