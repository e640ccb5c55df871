package jetstream

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"sessiond/internal/replica"
)

// Append implements [replica.Log]. One message is one message: an atomic batch costs a
// stream of one server on disk several times as much.
func (e *Engine) Append(ctx context.Context, last uint64, messages []replica.Message) (uint64, error) {
	within := ackTime
	batch := ""
	if len(messages) > 1 {
		within, batch = batchTime, nuid.Next()
		if err := e.ready(); err != nil {
			return 0, err
		}
	}
	for i := range messages {
		m := e.encode(&messages[i])
		if i == 0 {
			m.Header.Set(headerExpected, strconv.FormatUint(last, 10))
		}
		if batch != "" {
			m.Header.Set(headerBatch, batch)
			m.Header.Set(headerBatchSeq, strconv.Itoa(i+1))
		}
		if i == len(messages)-1 {
			if batch != "" {
				m.Header.Set(headerCommit, "1")
			}
			return e.commit(ctx, m, within)
		}
		if err := e.conn.PublishMsg(m); err != nil {
			return 0, fmt.Errorf("cannot publish: %w", err)
		}
	}
	return last, nil
}

// commit sends the last message of an append, and waits for the answer to all of it.
func (e *Engine) commit(ctx context.Context, m *nats.Msg, within time.Duration) (uint64, error) {
	answer, err := e.request(ctx, m, within)
	if err != nil {
		return 0, err
	}
	var ack struct {
		Error    *jetstream.APIError `json:"error"`
		Stream   string              `json:"stream"`
		Sequence uint64              `json:"seq"`
	}
	if err := json.Unmarshal(answer.Data, &ack); err != nil {
		return 0, fmt.Errorf("cannot read an acknowledgement of the engine: %w", err)
	}
	if err := judge("publish to the stream "+e.stream, ack.Error); err != nil {
		return 0, err
	}
	if ack.Stream != e.stream || ack.Sequence == 0 {
		return 0, &replica.RefusedError{
			Code:   replica.RefusedConfiguration,
			Reason: fmt.Sprintf("the messages of %s were taken by the stream %q: no other stream may have their subjects", e.stream, ack.Stream),
		}
	}
	return ack.Sequence, nil
}
