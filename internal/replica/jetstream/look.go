package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"

	"sessiond/internal/replica"
	"sessiond/internal/session"
)

const (
	// lookTime is how long a follower waits for an answer: what an authority takes at most
	// for a look at a file, and the way.
	lookTime = 3 * time.Second
	// looksAtOnce is how many an authority answers at a time. To those beyond it says at once
	// that it does not know.
	looksAtOnce = 64
)

// lookSubject returns the subject on which a node asks. A user has the right to the one of
// its node.
func (e *Engine) lookSubject(node string) string { return "sd." + e.cfg.Name + ".look." + node }

// inbox returns the beginning of all subjects on which a node is answered.
func inbox(name string, r role, node string) string {
	return "_INBOX.sd-" + name + "." + string(r) + "-" + node
}

// Look asks the authority about a session. It returns an error where no authority answers.
func (e *Engine) Look(ctx context.Context, key session.Key) (replica.Looked, error) {
	ask := replica.Look{ID: nuid.Next(), Session: key}
	text, err := replica.EncodeLook(ask)
	if err != nil {
		return replica.Looked{}, err
	}
	m, err := e.request(ctx, &nats.Msg{Subject: e.lookSubject(e.cfg.Node), Data: text}, lookTime)
	if err != nil {
		return replica.Looked{}, fmt.Errorf("cannot ask the authority: %w", err)
	}
	answer, err := replica.DecodeLooked(m.Data)
	if err != nil {
		return replica.Looked{}, err
	}
	if answer.ID != ask.ID {
		return replica.Looked{}, fmt.Errorf("cannot use the authority's answer: %w", errOtherAnswer)
	}
	return answer, nil
}

var errOtherAnswer = errors.New("it is to another question")

// ServeLooks answers the questions of followers until ctx ends. answer is called by many
// goroutines at once; its ID is set here.
func (e *Engine) ServeLooks(ctx context.Context, answer func(context.Context, session.Key) replica.Looked) error {
	var running sync.WaitGroup
	free := make(chan struct{}, looksAtOnce)
	sub, err := e.conn.Subscribe(e.lookSubject("*"), func(m *nats.Msg) {
		look, ok := e.lookOf(m)
		if !ok {
			return // there is nobody to whom an answer could be sent
		}
		select {
		case free <- struct{}{}:
		default:
			respond(m, replica.Looked{ID: look.ID})
			return
		}
		running.Go(func() {
			defer func() { <-free }()
			ctx, cancel := context.WithTimeout(ctx, lookTime)
			defer cancel()
			looked := answer(ctx, look.Session)
			looked.ID = look.ID
			respond(m, looked)
		})
	})
	if err != nil {
		return fmt.Errorf("cannot answer followers: %w", err)
	}
	<-ctx.Done()
	_ = sub.Unsubscribe() // it fails where the connection has ended
	running.Wait()
	return nil
}

func respond(m *nats.Msg, looked replica.Looked) {
	if text, err := replica.EncodeLooked(looked); err == nil {
		_ = m.Respond(text) // the follower asks again
	}
}

// askedBy returns the node that has sent a message to the subject of a node that begins so.
// The server checks who may publish to a subject, but neither where it delivers what a
// consumer reads nor where an answer goes: so it has to be a message that was published to
// the subject as it is, and that is to be answered in the inbox of the node that the subject
// names.
func (e *Engine) askedBy(m *nats.Msg, begin string) (node string, ok bool) {
	node, is := strings.CutPrefix(m.Subject, begin)
	if !is || !ValidNode(node) || !strings.HasPrefix(m.Reply, inbox(e.cfg.Name, follower, node)+".") {
		return "", false
	}
	return node, len(m.Header) == 0 // else it is a consumer's delivery, or a republished message
}

// lookOf reads a question of a follower.
func (e *Engine) lookOf(m *nats.Msg) (replica.Look, bool) {
	if _, ok := e.askedBy(m, e.lookSubject("")); !ok {
		return replica.Look{}, false
	}
	look, err := replica.DecodeLook(m.Data)
	return look, err == nil
}
