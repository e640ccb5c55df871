//go:build soak && unix

package soak

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// lives is a daemon through all its restarts.
type lives struct {
	*soak
	admit  string
	more   []string // arguments
	folder string   // its own, with the socket and the logs
	socket string

	current atomic.Pointer[life]
	former  *life // the one before
	born    int
	passes  uint64        // of all lives, as far as was asked
	slowest time.Duration // end
}

// answerLimit is how long the daemon may take to answer, however much goes on.
const answerLimit = 20 * time.Second

// life is a daemon from a start to its end.
type life struct {
	*harness.Daemon
	number   int
	log      string
	memory   *memory
	ending   atomic.Bool // it is about to be ended: what fails now fails because of that
	followed chan struct{}
	unfollow context.CancelFunc
	first    *footprint // at the first rest
	passes   uint64
}

func (s *soak) newLives(admit string) (*lives, error) {
	folder, err := os.MkdirTemp("", "sd")
	if err != nil {
		return nil, err
	}
	if os.Geteuid() == 0 {
		err = os.Chown(folder, harness.Nobody, harness.Nobody)
	}
	return &lives{soak: s, admit: admit, folder: folder, socket: filepath.Join(folder, "s")}, err
}

func (l *lives) life() *life { return l.current.Load() }

// start starts the daemon, which runs without rights where the test has all of
// them, and waits for its first load. meanwhile is called as soon as its socket is
// there.
func (l *lives) start(meanwhile func(*harness.Daemon)) (err error) {
	l.born++
	log, err := os.Create(filepath.Join(l.folder, fmt.Sprintf("log%d", l.born)))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command("sessiond", append([]string{
		"run", "--root", l.grove.root, "--socket", l.socket,
		"--admit", l.admit, "--settle", soakSettle.String(), "--settle-many", soakSettleMany.String(), "--resync", "0", "--poll", "500ms",
	}, l.more...)...)
	cmd.Dir, cmd.Stderr = l.folder, log
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + l.folder, "SESSIOND_CONFIG=" + os.DevNull, "GORACE=" + os.Getenv("GORACE"),
		"GOGC=10", // so that what is resident is what is in use, to within a tenth
	}
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: harness.Nobody, Gid: harness.Nobody}}
	}
	begun := time.Now()
	d, err := harness.Start(cmd, l.socket)
	if err != nil {
		return err
	}
	if meanwhile != nil {
		meanwhile(d)
	}
	status, err := d.Await("ready", func(now *api.Status) bool { return now.Passes > 0 })
	if err != nil {
		d.Kill()
		return fmt.Errorf("--admit %s, life %d: %w; its log:\n%s", l.admit, l.born, err, tail(log.Name(), 20))
	}
	owed := l.ledger.wholeSince(begun)
	ctx, unfollow := context.WithCancel(context.Background())
	born := &life{
		Daemon: d, number: l.born, log: log.Name(),
		memory:   newMemory(l.admit == "follow", l.ledger, uint64(status.StartedAt.UnixMicro())),
		followed: make(chan struct{}), unfollow: unfollow,
	}
	born.memory.owe(owed)
	go l.follow(ctx, born)
	if before := l.current.Swap(born); before != nil {
		l.former = before
		l.refuseFormer(born, before.memory.revision)
	}
	return nil
}

// follow holds each event of a life against the model.
func (l *lives) follow(ctx context.Context, one *life) {
	defer close(one.followed)
	err := one.Events(ctx, &session.Position{Revision: one.memory.revision}, func(e session.Event) error {
		l.events.Add(1)
		if wrong := one.memory.take(e); wrong != "" {
			l.diverge(e.Session, "--admit %s, life %d: %s: %s", l.admit, one.number, wrong, canonical(e))
		}
		return nil
	})
	if !one.ending.Load() {
		l.diverge(session.Key{}, "--admit %s, life %d: following events broke off: %v", l.admit, one.number, err)
	}
}

// refuseFormer asks for the events since a revision of the life before, which the
// daemon must refuse: it cannot know them.
func (l *lives) refuseFormer(one *life, revision uint64) {
	ctx, cancel := context.WithTimeout(context.Background(), answerLimit)
	defer cancel()
	err := one.Events(ctx, &session.Position{Revision: revision}, func(session.Event) error { return errors.New("an event came") })
	var refused *client.ProblemError
	if !errors.As(err, &refused) || refused.Status != http.StatusGone {
		l.diverge(session.Key{}, "--admit %s, life %d: events since a revision of the life before: %v, want a refusal with 410",
			l.admit, one.number, err)
	}
}

// end ends the daemon with a signal, and it must end as said: with 0, or as the
// signal's name.
func (l *lives) end(with syscall.Signal, wanted string, meanwhile func(*harness.Daemon)) {
	one := l.life()
	one.ending.Store(true)
	begun := time.Now()
	err := one.Signal(with)
	if meanwhile != nil {
		meanwhile(one.Daemon)
	}
	how := ""
	if err == nil {
		how, err = one.AwaitEnd()
	}
	l.slowest = max(l.slowest, time.Since(begun))
	if err != nil || how != wanted {
		l.diverge(session.Key{}, "--admit %s, life %d: it ended with %q after %v, want %q (%v)", l.admit, one.number, how, with, wanted, err)
	}
	l.bury(one)
}

// bury lets go of a life and looks through its log, which it takes away where all
// is well.
func (l *lives) bury(one *life) {
	one.ending.Store(true)
	one.Kill()
	one.unfollow()
	<-one.followed
	log, err := os.ReadFile(one.log)
	if err != nil {
		return // it was buried before
	}
	l.passes += one.passes
	for _, unwanted := range l.unwanted() {
		if bytes.Contains(log, unwanted) {
			l.diverge(session.Key{}, "--admit %s, life %d: its log shows %q", l.admit, one.number, unwanted)
		}
	}
	if l.ctx.Err() == nil {
		_ = os.Remove(one.log)
	}
}

// unwanted are what no log must show: defects and secrets.
func (s *soak) unwanted() [][]byte {
	all := [][]byte{
		[]byte("panic:"), []byte("fatal error:"), []byte("DATA RACE"), []byte("defect"),
		[]byte(harness.PushToken), []byte(harness.Token("", "", "")[:16]),
	}
	for _, key := range s.grove.keys() {
		all = append(all, []byte(key.ID))
	}
	return all
}

// ask puts a question to the daemon. It counts as a divergence if the daemon does
// not answer, unless it is about to end.
func (l *lives) ask(ctx context.Context, what string, question func(context.Context, *life) error) {
	one := l.life()
	limited, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	err := question(limited, one)
	if err == nil || ctx.Err() != nil {
		return
	}
	if one.ending.Load() {
		pause(ctx, 10*time.Millisecond)
		return
	}
	l.diverge(session.Key{}, "--admit %s, life %d: %s: %v", l.admit, one.number, what, err)
}

// pause sleeps unless ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
