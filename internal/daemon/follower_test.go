package daemon

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/config"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/session"
)

// broker runs a server in the process. stop ends it, and start begins again at the same
// address with what is in its folder.
type broker struct {
	opts   server.Options
	server *server.Server
}

func newBroker(t *testing.T, change ...func(*server.Options)) *broker {
	t.Helper()
	b := &broker{opts: server.Options{
		ServerName: "test", Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true,
		JetStream: true, StoreDir: t.TempDir(), JetStreamMaxMemory: 1 << 28, JetStreamMaxStore: 1 << 28,
	}}
	for _, f := range change {
		f(&b.opts)
	}
	b.start(t)
	t.Cleanup(b.stop)
	return b
}

func (b *broker) start(t *testing.T) {
	t.Helper()
	opts := b.opts
	s, err := server.NewServer(&opts)
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(deadline) {
		t.Fatal("the server does not start")
	}
	b.server, b.opts.Port = s, opts.Port
}

func (b *broker) stop() {
	b.server.Shutdown()
	b.server.WaitForShutdown()
}

func (b *broker) url() string { return "nats://127.0.0.1:" + strconv.Itoa(b.opts.Port) }

// node is a daemon of a cluster, and a client of it.
type node struct {
	*client.Client
	socket string
	checks string // the address where it checks tokens
	stop   func()
	logs   *observer.ObservedLogs
}

// replicated returns the settings of a node.
func replicated(t *testing.T, name string) config.Settings {
	t.Helper()
	dir := shortDir(t)
	return config.Settings{
		Admit: config.AdmitFollow, Watch: config.WatchOff, Settle: 20 * time.Millisecond, Debounce: time.Millisecond,
		DebounceMax: 10 * time.Millisecond, Poll: 20 * time.Millisecond, MaxFileSize: passestest.MaxFileSize,
		Socket: filepath.Join(dir, "s"), SocketMode: 0o600, AdminSelf: true, SeenFile: filepath.Join(dir, "seen"),
		TrashDir: filepath.Join(dir, "trash"), AuditLog: filepath.Join(dir, "audit"), CheckListen: "127.0.0.1:0",
		Replica: config.Replica{
			ReplicaName: "test", ReplicaNode: name, ReplicaCopies: 1, ReplicaStorage: config.StorageFile,
			Beat: 100 * time.Millisecond, StaleAfter: 500 * time.Millisecond, StaleLimit: time.Second, OnStale: config.OnStaleRefuse,
		},
	}
}

func authorityOver(t *testing.T, b *broker, root string, change ...func(*config.Settings)) *node {
	t.Helper()
	s := replicated(t, "north")
	s.Root, s.Publish = root, []string{b.url()}
	for _, f := range change {
		f(&s)
	}
	return authorityWith(t, s)
}

func followerOf(t *testing.T, b *broker, name string, change ...func(*config.Settings)) *node {
	t.Helper()
	s := replicated(t, name)
	s.Follow = []string{b.url()}
	for _, f := range change {
		f(&s)
	}
	return followerWith(t, s)
}

func runNode(t *testing.T, s config.Settings, assembled func(Options) (*front, func(context.Context) error, error)) *node {
	t.Helper()
	core, logs := observer.New(zap.DebugLevel)
	shows, run, err := assembled(Options{Settings: s, Version: "test", Log: zap.New(core), LostLines: func() uint64 { return 0 }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	n := &node{Client: client.New(s.Socket), socket: s.Socket, logs: logs, stop: sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})}
	if len(shows.checked) > 0 {
		n.checks = shows.checked[0].Addr().String()
	}
	t.Cleanup(func() {
		n.Close()
		n.stop()
	})
	return n
}

// replica returns what the status of a node says of its replica.
func (n *node) replica(t *testing.T) api.Replica {
	t.Helper()
	s, err := n.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return *s.Replica
}

// becomes waits until the status of a node is as wanted.
func (n *node) becomes(t *testing.T, what string, is func(api.Status) bool) api.Status {
	t.Helper()
	for end := time.Now().Add(deadline); ; {
		s, err := n.Status(t.Context())
		if err == nil && is(s) {
			return s
		}
		if time.Now().After(end) {
			t.Fatalf("it is never %s: %+v, %+v, %v", what, s.Replica, s.Hints, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// isComplete reports whether a follower has the sessions, and what the authority says of itself.
func isComplete(s api.Status) bool { return s.Replica.State == "following" && s.Admit != "" }

func isState(state string) func(api.Status) bool {
	return func(s api.Status) bool { return s.Replica.State == state }
}

func hintsAt(s *api.Status, code api.HintCode) bool {
	return slices.ContainsFunc(s.Hints, func(h api.Hint) bool { return h.Code == code })
}

// check returns the answer to the check of a token.
func (n *node) check(t *testing.T, key session.Key) (status int, age string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+n.checks+"/v1/check", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	token := fmt.Appendf(nil, `{"appNameID":%q,"id":%q,"teamID":%q}`, key.App[11:], key.ID, key.App[:10])
	r.Header.Set("Authorization", "Bearer "+base64.RawStdEncoding.EncodeToString(token))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	defer http.DefaultClient.CloseIdleConnections()
	return answer.StatusCode, answer.Header.Get("Age")
}

// A follower shows, checks and refuses as it should, and says who has the files.
func TestFollower(t *testing.T) {
	b := newBroker(t)
	root := filepath.Join(t.TempDir(), "MobileApps")
	put(t, root, 1)
	north := authorityOver(t, b, root)
	south := followerOf(t, b, "south")
	s := south.becomes(t, "following", isComplete)
	if s.Sessions != 1 || s.Root != root || s.Admit != config.AdmitFollow || s.Replica.Authority != "north" || s.Replica.Node != "south" || len(s.Hints) != 0 {
		t.Errorf("the follower is %+v, %+v", s, s.Replica)
	}
	if got := north.replica(t); got.Role != api.RoleAuthority || got.State != "live" || got.Sum != s.Replica.Sum {
		t.Errorf("the authority is %+v, the follower %+v", got, s.Replica)
	}
	for key, want := range map[session.Key]int{passestest.Key(1): http.StatusOK, passestest.Key(9): http.StatusUnauthorized} {
		if got, age := south.check(t, key); got != want || age != "" {
			t.Errorf("the check of %s is %d, with age %q", key, got, age)
		}
	}

	// An app calls right after its file was made: nobody watches here, so only the question
	// of the follower brings it.
	put(t, root, 2)
	if got, _ := south.check(t, passestest.Key(2)); got != http.StatusOK {
		t.Errorf("the check of a file that was just made is %d", got)
	}
	if _, err := south.Refresh(t.Context()); !isKind(err, api.KindNodeMayNotEdit) || !strings.Contains(err.Error(), "north") {
		t.Errorf("Refresh at a follower = %v", err)
	}
	if _, err := south.Trash(t.Context(), client.TrashQuery{}); !isKind(err, api.KindNotAuthority) {
		t.Errorf("Trash at a follower = %v", err)
	}
	if _, err := north.Adopt(t.Context()); !isKind(err, api.KindNotHeld) {
		t.Errorf("Adopt = %v", err)
	}
}

// Without a broker a follower goes on, says its age, and refuses beyond the limit; when
// the broker is back, so is all.
func TestFollowerStale(t *testing.T) {
	b := newBroker(t)
	root := filepath.Join(t.TempDir(), "MobileApps")
	put(t, root, 1)
	north := authorityOver(t, b, root)
	south := followerOf(t, b, "south")
	serving := followerOf(t, b, "west", func(s *config.Settings) { s.OnStale = config.OnStaleServe })
	south.becomes(t, "following", isComplete)
	serving.becomes(t, "following", isComplete)
	north.becomes(t, "live", isState("live"))
	north.logs.TakeAll()
	south.logs.TakeAll()
	b.stop()
	s := south.becomes(t, "refusing", func(s api.Status) bool { return s.Replica.Refusing && len(warnings(south)) > 1 })
	if s.Replica.State != "stale" || s.Replica.Age < 1 || !hintsAt(&s, api.HintReplicaStale) || s.Sessions != 1 {
		t.Errorf("the follower is %+v, hints %+v", s.Replica, s.Hints)
	}
	if got, age := south.check(t, passestest.Key(1)); got != http.StatusServiceUnavailable || age == "" {
		t.Errorf("the check beyond the limit is %d, with age %q", got, age)
	}
	serving.becomes(t, "a second old", func(s api.Status) bool { return s.Replica.Age > 1 })
	if got, age := serving.check(t, passestest.Key(1)); got != http.StatusOK || age == "" {
		t.Errorf("the check of a follower that is to serve is %d, with age %q", got, age)
	}
	if got, _ := serving.check(t, passestest.Key(9)); got != http.StatusServiceUnavailable {
		t.Errorf("the check of an unknown session without the authority is %d", got)
	}
	away := north.becomes(t, "away", isState("away"))
	if !hintsAt(&away, api.HintReplicaAway) || away.Sessions != 1 {
		t.Errorf("the authority is %+v, hints %+v", away.Replica, away.Hints)
	}
	if lines := warnings(north); len(lines) != 1 || !strings.HasPrefix(lines[0], "warn: nothing is published to followers: ") {
		t.Errorf("the authority says %q", lines)
	}
	if lines := warnings(south); len(lines) != 2 || !strings.HasPrefix(lines[1], "warn: what is shown is so old that no token is checked any more: ") {
		t.Errorf("the follower says %q", lines)
	}
	b.start(t)
	south.becomes(t, "following", isComplete)
	north.becomes(t, "live", isState("live"))
	if got, age := south.check(t, passestest.Key(1)); got != http.StatusOK || age != "" {
		t.Errorf("the check afterwards is %d, with age %q", got, age)
	}
}

// An authority that starts over an empty root logs out nobody until an administrator says
// so.
func TestFollowerOfHeld(t *testing.T) {
	b := newBroker(t)
	root := filepath.Join(t.TempDir(), "MobileApps")
	for n := range 30 {
		put(t, root, n)
	}
	first := authorityOver(t, b, root)
	south := followerOf(t, b, "south")
	south.becomes(t, "full", func(s api.Status) bool { return s.Sessions == 30 })
	first.stop()

	empty := filepath.Join(t.TempDir(), "MobileApps")
	if err := os.MkdirAll(filepath.Join(empty, passestest.Key(0).App), 0o755); err != nil {
		t.Fatal(err)
	}
	second := authorityOver(t, b, empty)
	held := second.becomes(t, "held", isState("held"))
	if w := held.Replica.WouldRemove; w == nil || *w != (api.Removals{Removed: 30, Sessions: 30}) || !hintsAt(&held, api.HintReplicaHeld) {
		t.Errorf("the authority is %+v, hints %+v", held.Replica, held.Hints)
	}
	if s := south.becomes(t, "stale", isState("stale")); s.Sessions != 30 {
		t.Errorf("the follower has %d sessions", s.Sessions)
	}
	adopted, err := second.Adopt(t.Context())
	if err != nil || adopted != (api.Removals{Removed: 30, Sessions: 30}) {
		t.Errorf("Adopt = %+v, %v", adopted, err)
	}
	south.becomes(t, "empty", func(s api.Status) bool { return s.Sessions == 0 && s.Replica.State == "following" })
}

// An authority that admits by restore has its followers check no token: each new login would
// be denied.
func TestFollowerOfRestore(t *testing.T) {
	b := newBroker(t)
	root := filepath.Join(t.TempDir(), "MobileApps")
	put(t, root, 1)
	authorityOver(t, b, root, func(s *config.Settings) { s.Admit, s.CheckListen = config.AdmitRestore, "" })
	south := followerOf(t, b, "south")
	s := south.becomes(t, "following", isComplete)
	if !hintsAt(&s, api.HintReplicaAdmit) || !s.Replica.Refusing {
		t.Errorf("the follower is %+v, hints %+v", s.Replica, s.Hints)
	}
	if got, _ := south.check(t, passestest.Key(1)); got != http.StatusServiceUnavailable {
		t.Errorf("the check is %d", got)
	}
}

func put(t *testing.T, root string, n int) {
	t.Helper()
	passestest.Write(t, root, passestest.Key(n), passestest.Content(n, "anna@example.com"))
}

func isKind(err error, kind api.Kind) bool {
	failed, ok := errors.AsType[*client.ProblemError](err)
	return ok && failed.Kind == kind
}
