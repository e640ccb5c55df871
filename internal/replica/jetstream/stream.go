package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"sessiond/internal/replica"
)

// subject returns the subject of a key. A bucket of this name has it, too.
func (e *Engine) subject(key string) string { return "$KV.sd-" + e.cfg.Name + "." + key }

// streamAnswer is an answer about the stream.
type streamAnswer struct {
	Error *jetstream.APIError `json:"error"`
	jetstream.StreamInfo
}

// Info implements [replica.Log].
func (e *Engine) Info(ctx context.Context) (replica.Info, error) {
	answer, err := e.askStream(ctx, "INFO", nil)
	if err != nil {
		return replica.Info{}, err
	}
	return e.infoOf(answer), nil
}

func (e *Engine) askStream(ctx context.Context, verb string, cfg *jetstream.StreamConfig) (*streamAnswer, error) {
	var answer streamAnswer
	var question any
	if cfg != nil {
		question = cfg
	}
	if err := e.api(ctx, "STREAM."+verb+"."+e.stream, question, &answer); err != nil {
		return nil, err
	}
	what := map[string]string{"INFO": "ask for the stream", "CREATE": "make the stream", "UPDATE": "change the stream"}[verb]
	if err := judge(what+" "+e.stream, answer.Error); err != nil {
		return nil, err
	}
	return &answer, nil
}

func (e *Engine) infoOf(s *streamAnswer) replica.Info {
	return replica.Info{
		Born: s.Created.UTC(), Now: s.TimeStamp, Last: s.State.LastSeq, Messages: s.State.Msgs,
		MaxPayload: int(e.conn.MaxPayload()),
		Engine:     fmt.Sprintf("nats-server %s at %s", e.conn.ConnectedServerVersion(), e.conn.ConnectedUrlRedacted()),
	}
}

// Open implements [replica.Log].
func (e *Engine) Open(ctx context.Context) (replica.Info, error) {
	found, err := e.askStream(ctx, "INFO", nil)
	switch {
	case errors.Is(err, replica.ErrNoLog):
		cfg := e.wanted(jetstream.StreamConfig{Name: e.stream, FirstSeq: firstSequence(time.Now())})
		if found, err = e.askStream(ctx, "CREATE", &cfg); err != nil {
			return replica.Info{}, err
		}
	case err != nil:
		return replica.Info{}, err
	case e.differs(&found.Config) != "":
		cfg := e.wanted(found.Config)
		if found, err = e.askStream(ctx, "UPDATE", &cfg); err != nil {
			return replica.Info{}, setUpOtherwise(err)
		}
	}
	if what := e.differs(&found.Config); what != "" {
		return replica.Info{}, &replica.RefusedError{
			Code:   replica.RefusedConfiguration,
			Reason: fmt.Sprintf("the stream %s is set up otherwise, and the server left it so: %s", e.stream, what),
		}
	}
	return e.infoOf(found), nil
}

// setUpOtherwise makes an error of a change that the server refuses one of the
// configuration: some of it cannot be changed where the stream is there.
func setUpOtherwise(err error) error {
	refused := new(replica.RefusedError)
	if errors.As(err, &refused) && refused.Code == replica.RefusedOther {
		return &replica.RefusedError{Code: replica.RefusedConfiguration, Reason: refused.Reason}
	}
	return err
}

// firstSequence returns the first sequence of a stream that is made now: one above all
// those that an earlier stream of the name had, as long as it had fewer than a million
// messages a second.
func firstSequence(now time.Time) uint64 { return uint64(now.UnixMicro()) }

// wanted returns a configuration with all that matters to us. What else people have set
// stays: where the stream is placed, whether it is compressed.
func (e *Engine) wanted(cfg jetstream.StreamConfig) jetstream.StreamConfig {
	cfg.Subjects = []string{e.subject(">")}
	cfg.Retention = jetstream.LimitsPolicy
	cfg.Discard = jetstream.DiscardNew
	cfg.DiscardNewPerSubject = false
	cfg.MaxMsgsPerSubject = 1
	cfg.MaxMsgs, cfg.MaxConsumers, cfg.MaxMsgSize, cfg.MaxAge = -1, -1, -1, 0
	cfg.MaxBytes = -1
	if e.cfg.MaxBytes > 0 {
		cfg.MaxBytes = e.cfg.MaxBytes
	}
	cfg.Storage = jetstream.FileStorage
	if e.cfg.Memory {
		cfg.Storage = jetstream.MemoryStorage
	}
	cfg.Replicas = max(1, e.cfg.Copies)
	cfg.AllowMsgTTL, cfg.AllowAtomicPublish, cfg.DenyDelete = true, true, true
	cfg.AllowDirect = false // a replica that is behind would answer
	cfg.NoAck, cfg.Sealed, cfg.Mirror, cfg.Sources, cfg.SubjectTransform, cfg.RePublish = false, false, nil, nil, nil, nil
	return cfg
}

// differs says what of a configuration is not as it has to be, or nothing.
func (e *Engine) differs(is *jetstream.StreamConfig) string {
	want := e.wanted(*is)
	for _, member := range []struct {
		name     string
		is, want any
	}{
		{"subjects", fmt.Sprint(is.Subjects), fmt.Sprint(want.Subjects)},
		{"retention", is.Retention, want.Retention},
		{"discard", is.Discard, want.Discard},
		{"discard_new_per_subject", is.DiscardNewPerSubject, want.DiscardNewPerSubject},
		{"max_msgs_per_subject", is.MaxMsgsPerSubject, want.MaxMsgsPerSubject},
		{"max_msgs", is.MaxMsgs, want.MaxMsgs},
		{"max_consumers", is.MaxConsumers, want.MaxConsumers},
		{"max_msg_size", is.MaxMsgSize, want.MaxMsgSize},
		{"max_age", is.MaxAge, want.MaxAge},
		{"max_bytes", is.MaxBytes, want.MaxBytes},
		{"storage", is.Storage, want.Storage},
		{"num_replicas", is.Replicas, want.Replicas},
		{"allow_msg_ttl", is.AllowMsgTTL, want.AllowMsgTTL},
		{"allow_atomic", is.AllowAtomicPublish, want.AllowAtomicPublish},
		{"deny_delete", is.DenyDelete, want.DenyDelete},
		{"allow_direct", is.AllowDirect, want.AllowDirect},
		{"no_ack", is.NoAck, want.NoAck},
		{"sealed", is.Sealed, want.Sealed},
		{"mirror", is.Mirror != nil, false},
		{"sources", len(is.Sources), 0},
		{"subject_transform", is.SubjectTransform != nil, false},
		{"republish", is.RePublish != nil, false},
	} {
		if member.is != member.want {
			return fmt.Sprintf("%s is %v, not %v", member.name, member.is, member.want)
		}
	}
	return ""
}

// messageAnswer is an answer about one message.
type messageAnswer struct {
	Error   *jetstream.APIError `json:"error"`
	Message *struct {
		Subject  string    `json:"subject"`
		Sequence uint64    `json:"seq"`
		Header   []byte    `json:"hdrs"`
		Data     []byte    `json:"data"`
		Time     time.Time `json:"time"`
	} `json:"message"`
}

// Head implements [replica.Log].
func (e *Engine) Head(ctx context.Context) (*replica.Message, error) {
	return e.get(ctx, struct {
		Last string `json:"last_by_subj"`
	}{e.subject(replica.KeyHead)})
}

// At implements [replica.Log].
func (e *Engine) At(ctx context.Context, sequence uint64) (*replica.Message, error) {
	return e.get(ctx, struct {
		Sequence uint64 `json:"seq"`
	}{sequence})
}

func (e *Engine) get(ctx context.Context, which any) (*replica.Message, error) {
	var answer messageAnswer
	if err := e.api(ctx, "STREAM.MSG.GET."+e.stream, which, &answer); err != nil {
		return nil, err
	}
	if answer.Error != nil && answer.Error.ErrorCode == jetstream.JSErrCodeMessageNotFound {
		return nil, nil //nolint:nilnil // there is none
	}
	if err := judge("read a message of the stream "+e.stream, answer.Error); err != nil {
		return nil, err
	}
	is := answer.Message
	if is == nil {
		return nil, fmt.Errorf("cannot read a message of the stream %s: the answer has none", e.stream)
	}
	header, err := nats.DecodeHeadersMsg(is.Header)
	if err != nil && len(is.Header) > 0 {
		return nil, fmt.Errorf("cannot read a message of the stream %s: %w", e.stream, err)
	}
	m := e.decode(is.Subject, header, is.Data)
	m.Sequence, m.Time = is.Sequence, is.Time
	return &m, nil
}
