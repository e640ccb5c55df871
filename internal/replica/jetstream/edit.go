package jetstream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"

	"sessiond/internal/replica"
)

const (
	// editTime is how long a follower waits for an answer, which an authority holds back for
	// two seconds at most.
	editTime = 4 * time.Second
	// editsAtOnce is how many messages an authority answers at a time, and editsOfNode how
	// many of one node. Those beyond are told that it is busy.
	editsAtOnce = 128
	editsOfNode = editsAtOnce / 2
	// editsWaiting is how many messages wait to be looked at, and editsBytes how many bytes
	// of them. Those beyond are dropped: whoever sends more must not be followed by others
	// only minutes later, who ask again anyway.
	editsWaiting = 1024
	editsBytes   = 64 << 20
	// pieceBytes is how many bytes of an answer's body a message has at most, pieceRoom how
	// many the rest of it may take.
	pieceBytes = 256 << 10
	pieceRoom  = 8 << 10
)

// editSubject returns the subject on which a node asks for changes.
func (e *Engine) editSubject(node string) string { return "sd." + e.cfg.Name + ".edit." + node }

// NewEditID returns a name for an edit.
func NewEditID() string { return nuid.Next() }

// MaxEditBody returns how many bytes of a request's body an edit may have. It is 0 without a
// connection.
func (e *Engine) MaxEditBody() int { return max(0, int(e.conn.MaxPayload())-pieceRoom) }

// Edit sends an edit to the authority, as [replica.ForwarderConfig.Ask] does.
func (e *Engine) Edit(ctx context.Context, edit *replica.Edit) (*replica.Edited, error) {
	text, err := replica.EncodeEdit(edit)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", replica.ErrNobody, err)
	}
	if err := e.ready(); err != nil {
		return nil, fmt.Errorf("%w: %w", replica.ErrNobody, err)
	}
	m, err := e.request(ctx, &nats.Msg{Subject: e.editSubject(e.cfg.Node), Data: text}, editTime)
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		return nil, replica.ErrNobody
	case errors.Is(err, nats.ErrReconnectBufExceeded), errors.Is(err, nats.ErrConnectionClosed):
		return nil, fmt.Errorf("%w: %w", replica.ErrNobody, err)
	case err != nil && e.isRefused(err):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%v", err) //nolint:errorlint // that its answer is refused says nothing of the edit
	}
	answered, err := replica.DecodeEdited(m.Data)
	if err != nil {
		return nil, err
	}
	if answered.ID != edit.ID {
		return nil, fmt.Errorf("cannot use the authority's answer: %w", errOtherAnswer)
	}
	return answered, nil
}

// isRefused reports whether the server has not taken a message of [Engine.Edit] for sure.
func (e *Engine) isRefused(err error) bool {
	refused, ok := errors.AsType[*replica.RefusedError](err)
	switch {
	case !ok:
		return false
	case refused.Code == replica.RefusedPayload:
		return true
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.lacking[e.editSubject(e.cfg.Node)] != nil
}

// ServeEdits has the messages of followers answered until ctx ends, by many goroutines at
// once. most is how many bytes of an answer's body are wanted.
func (e *Engine) ServeEdits(ctx context.Context, take func(ctx context.Context, node string, edit *replica.Edit, most int) replica.Edited) error {
	var running sync.WaitGroup
	var places places
	sub, err := e.conn.Subscribe(e.editSubject("*"), func(m *nats.Msg) {
		node, ok := e.askedBy(m, e.editSubject(""))
		if !ok {
			return
		}
		edit, err := replica.DecodeEdit(m.Data)
		if err != nil {
			return // there is nobody to whom an answer could be sent
		}
		if !places.take(node) {
			respondEdited(m, &replica.Edited{ID: edit.ID, Refused: replica.EditBusy})
			return
		}
		running.Go(func() {
			defer places.leave(node)
			answered := take(ctx, node, edit, min(pieceBytes, e.MaxEditBody()))
			respondEdited(m, &answered)
		})
	})
	if err != nil {
		return fmt.Errorf("cannot take changes from followers: %w", err)
	}
	if err := sub.SetPendingLimits(editsWaiting, editsBytes); err != nil {
		return fmt.Errorf("cannot take changes from followers: %w", err)
	}
	<-ctx.Done()
	_ = sub.Unsubscribe() // it fails where the connection has ended
	running.Wait()
	return nil
}

func respondEdited(m *nats.Msg, answered *replica.Edited) {
	if text, err := replica.EncodeEdited(answered); err == nil {
		_ = m.Respond(text) // the follower asks again
	}
}

// places are the messages that are being answered, by node.
type places struct {
	mu   sync.Mutex
	all  int
	node map[string]int
}

// take returns false where there is no place for another message of a node.
func (p *places) take(node string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all >= editsAtOnce || p.node[node] >= editsOfNode {
		return false
	}
	if p.node == nil {
		p.node = make(map[string]int)
	}
	p.all++
	p.node[node]++
	return true
}

func (p *places) leave(node string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all--
	if p.node[node]--; p.node[node] == 0 {
		delete(p.node, node)
	}
}
