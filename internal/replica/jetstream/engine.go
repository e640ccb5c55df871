package jetstream

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"sessiond/internal/replica"
)

// Engine is a connection to a server, and the stream of one name there. It implements
// [replica.Log].
type Engine struct {
	cfg    Config
	role   role
	conn   *nats.Conn
	js     jetstream.JetStream
	stream string

	createWithin time.Duration // how long the last consumer could take to make; 0 after one that was made

	mu      sync.Mutex
	waiting map[*waiter]bool // who waits for something that was sent
	failed  error            // why the last attempt to connect failed; nil while connected
	lacking map[string]error // rights that the server refused on this connection, by subject
}

// role is the beginning of the name of the consumer, so that an authority and a follower of
// the same node do not delete each other's.
type role string

// The roles.
const (
	authority role = "a"
	follower  role = "f"
)

const (
	// dialTime is how long a server may take to greet.
	dialTime = 2 * time.Second
	// askTime is how long a question may take, ackTime an append of one message, batchTime
	// one of many. An acknowledgement that is late for a graceful change of the leader is
	// all the gap that there is then, so ackTime is short: whoever gets none asks.
	askTime   = 2 * time.Second
	ackTime   = 500 * time.Millisecond
	batchTime = 3 * time.Second
	// pingEvery is how often a quiet connection is tried. Two that are not answered end it.
	pingEvery = 2 * time.Second
)

// NewAuthority returns the log of an authority.
func NewAuthority(cfg Config) (*Engine, error) { return dial(cfg, authority) }

// NewFollower returns the log of a follower.
func NewFollower(cfg Config) (*Engine, error) { return dial(cfg, follower) }

// dial returns an engine, which connects when there is a server. It fails only where
// settings or files are wrong.
func dial(cfg Config, r role) (*Engine, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	options, err := cfg.secrets()
	if err != nil {
		return nil, err
	}
	e := &Engine{cfg: cfg, role: r, stream: "KV_sd-" + cfg.Name, waiting: make(map[*waiter]bool), lacking: make(map[string]error)}
	options = append(options,
		nats.Name("sessiond "+string(r)+" "+cfg.Node),
		nats.CustomInboxPrefix(inbox(cfg.Name, r, cfg.Node)),
		nats.Timeout(dialTime), nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(2),
		nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.IgnoreAuthErrorAbort(),
		nats.ReconnectWait(250*time.Millisecond), nats.ReconnectJitter(250*time.Millisecond, 250*time.Millisecond),
		nats.ReconnectBufSize(-1), // what cannot be sent now must not be sent later
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { e.noteError(err) }),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { e.noteConnection(err) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { e.noteConnection(cmp.Or(err, nats.ErrDisconnected)) }),
		nats.ConnectHandler(func(*nats.Conn) { e.noteConnection(nil) }),
		nats.ReconnectHandler(func(*nats.Conn) { e.noteConnection(nil) }),
	)
	if e.conn, err = nats.Connect(strings.Join(cfg.URLs, ","), options...); err != nil {
		return nil, fmt.Errorf("cannot prepare the connection to the engine: %w", err)
	}
	if e.js, err = jetstream.New(e.conn); err != nil {
		e.conn.Close()
		return nil, fmt.Errorf("cannot prepare the connection to the engine: %w", err)
	}
	return e, nil
}

// Reconnect has the engine connect again, with the credentials and certificates that the
// files hold now.
func (e *Engine) Reconnect() error {
	if err := e.conn.ForceReconnect(); err != nil {
		return fmt.Errorf("cannot connect to the engine again: %w", err)
	}
	return nil
}

// Close ends the connection.
func (e *Engine) Close() { e.conn.Close() }

// noteConnection takes note of a connection, or why there is none. What waits then waits
// in vain: an answer would come to a connection that has ended, and a consumer may be gone.
func (e *Engine) noteConnection(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.failed = err
	clear(e.lacking)
	if err != nil {
		for w := range e.waiting {
			w.end(fmt.Errorf("the connection to the engine has ended: %w", err))
		}
	}
}

// noteError takes note of a right that is lacking, and ends the requests that wait in vain
// for it: that for the subject, or all of them where nothing can be received.
func (e *Engine) noteError(err error) {
	if !errors.Is(err, nats.ErrPermissionViolation) {
		return
	}
	text := err.Error()
	_, quoted, _ := strings.Cut(text, `"`)
	subject, _, _ := strings.Cut(quoted, `"`)
	to := "publish to"
	subscribes := strings.Contains(text, "Subscription to")
	if subscribes {
		to = "subscribe to"
	}
	why := &replica.RefusedError{
		Code:   replica.RefusedPermission,
		Reason: fmt.Sprintf("the engine does not allow this user to %s %s (docs/CLUSTER.md has the subjects of each role)", to, subject),
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lacking[subject] = why
	answers := subscribes && e.isAnswers(subject)
	for w := range e.waiting {
		if w.subject == subject || answers {
			w.end(why)
		}
	}
}

// isAnswers reports whether a subject is of those on which this node is answered.
func (e *Engine) isAnswers(subject string) bool {
	return strings.HasPrefix(subject, inbox(e.cfg.Name, e.role, e.cfg.Node)+".")
}

// silent returns why an answer that did not come never will; nil where nobody knows.
func (e *Engine) silent() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for subject, why := range e.lacking {
		if e.isAnswers(subject) {
			return why
		}
	}
	return nil
}

// Lacking returns why authorities and followers cannot ask each other, which keeps neither
// from publishing nor from following; nil where nothing does, or nobody has tried. That a
// follower may not ask for changes is as it should be of most.
func (e *Engine) Lacking() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for subject, why := range e.lacking {
		if strings.HasPrefix(subject, "sd."+e.cfg.Name+".") && subject != e.editSubject(e.cfg.Node) {
			return why
		}
	}
	return nil
}

// ready returns an error unless there is a server that does what the log needs.
func (e *Engine) ready() error {
	if !e.conn.IsConnected() {
		e.mu.Lock()
		failed := e.failed
		e.mu.Unlock()
		if failed == nil {
			failed = e.conn.LastError()
		}
		return unreachable(e.cfg.URLs, failed)
	}
	if err := checkVersion(e.conn.ConnectedServerVersion()); err != nil {
		return err
	}
	return nil
}

// awaiting returns a context that ends with the time that a request may take, or when the
// server says that we lack the right to its subject, which is then the cause.
func (e *Engine) awaiting(ctx context.Context, subject string, within time.Duration) (_ context.Context, done func()) {
	ctx, cancel := context.WithTimeout(ctx, within)
	ctx, end := context.WithCancelCause(ctx)
	awaitNoMore := e.await(subject, end)
	return ctx, func() {
		awaitNoMore()
		end(nil)
		cancel()
	}
}

// waiter waits for something that was sent to a subject. It is told why nothing will come.
type waiter struct {
	subject string
	end     func(why error)
}

// await has a function called when the server says that we lack the right to a subject, or
// when the connection ends, until done is called.
func (e *Engine) await(subject string, end func(why error)) (done func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	w := &waiter{subject, end}
	e.waiting[w] = true
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.waiting, w)
	}
}

// request sends a request and returns its answer.
func (e *Engine) request(ctx context.Context, m *nats.Msg, within time.Duration) (*nats.Msg, error) {
	if err := e.ready(); err != nil {
		return nil, err
	}
	ctx, done := e.awaiting(ctx, m.Subject, within)
	defer done()
	answer, err := e.conn.RequestMsgWithContext(ctx, m)
	switch {
	case err == nil:
		return answer, nil
	case isCause(context.Cause(ctx)):
		return nil, context.Cause(ctx)
	case errors.Is(err, nats.ErrNoResponders):
		if has, _ := e.conn.ConnectedServerJetStream(); !has {
			return nil, noJetStream()
		}
		return nil, fmt.Errorf("cannot ask the stream's leader: there is none now: %w", err)
	case errors.Is(err, nats.ErrMaxPayload):
		return nil, &replica.RefusedError{Code: replica.RefusedPayload, Reason: "the engine refuses a message as too large: raise max_payload there"}
	case errors.Is(err, context.DeadlineExceeded):
		if why := e.silent(); why != nil {
			return nil, why
		}
		return nil, fmt.Errorf("the engine did not answer within %v", within)
	}
	return nil, fmt.Errorf("cannot ask the engine: %w", err)
}

// isCause reports whether a context ended for a reason of ours.
func isCause(why error) bool {
	return why != nil && !errors.Is(why, context.DeadlineExceeded) && !errors.Is(why, context.Canceled)
}

// api makes a request of the API of JetStream.
func (e *Engine) api(ctx context.Context, subject string, question, answer any) error {
	var body []byte
	if question != nil {
		var err error
		if body, err = json.Marshal(question); err != nil {
			return fmt.Errorf("cannot ask the engine: %w", err)
		}
	}
	m, err := e.request(ctx, &nats.Msg{Subject: jetstream.DefaultAPIPrefix + subject, Data: body}, askTime)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(m.Data, answer); err != nil {
		return fmt.Errorf("cannot read an answer of the engine: %w", err)
	}
	return nil
}
