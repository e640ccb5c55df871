package jetstream

import (
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"

	"sessiond/internal/replica"
)

// Headers of a message. What begins with Sd- is ours; a bucket knows the operation, and
// the server the time to live.
const (
	headerSum       = "Sd-Sum"
	headerRevision  = "Sd-Revision"
	headerReason    = "Sd-Reason"
	headerHead      = "Sd-Head"
	headerOperation = "KV-Operation"
	headerTTL       = "Nats-TTL"
	headerExpected  = "Nats-Expected-Last-Sequence"
	headerBatch     = "Nats-Batch-Id"
	headerBatchSeq  = "Nats-Batch-Sequence"
	headerCommit    = "Nats-Batch-Commit"

	operationDelete = "DEL"
)

// encode returns a message as the engine has it.
func (e *Engine) encode(m *replica.Message) *nats.Msg {
	out := &nats.Msg{Subject: e.subject(m.Key), Data: m.Payload, Header: nats.Header{}}
	if m.Removed {
		out.Header.Set(headerOperation, operationDelete)
		out.Header.Set(headerTTL, replica.TombstoneTTL.String())
	}
	if m.Digest != nil {
		out.Header.Set(headerSum, m.Digest.String())
	}
	if m.Revision != 0 {
		out.Header.Set(headerRevision, strconv.FormatUint(m.Revision, 10))
	}
	if m.Reason != "" {
		out.Header.Set(headerReason, m.Reason)
	}
	if m.Head != "" {
		out.Header.Set(headerHead, m.Head)
	}
	return out
}

// decode returns a message as the log has it. What was not written by an authority is a
// message, too: what is made of it says the sum.
func (e *Engine) decode(subject string, header nats.Header, data []byte) replica.Message {
	operation := header.Get(headerOperation)
	m := replica.Message{
		Key:     strings.TrimPrefix(subject, e.subject("")),
		Payload: data,
		Removed: operation == operationDelete || operation == "PURGE",
		Reason:  header.Get(headerReason),
		Head:    header.Get(headerHead),
	}
	m.Revision, _ = strconv.ParseUint(header.Get(headerRevision), 10, 64)
	var digest replica.Sum
	if text := header.Get(headerSum); digest.UnmarshalText([]byte(text)) == nil {
		m.Digest = &digest
	}
	return m
}
