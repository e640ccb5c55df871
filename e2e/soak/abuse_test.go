//go:build soak && unix

package soak

import (
	"context"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"

	"sessiond/internal/session"
)

// abuse is what a client does with a connection that it should not, until ctx
// ends, which also closes the connection. How the daemon takes it is not checked here;
// the readers tell whether others suffer.
type abuse func(ctx context.Context, conn net.Conn, random *rand.Rand)

func abuses() []abuse {
	return []abuse{idle, halfWritten, dripping, garbage, endlessBody, deafReader, deafFollower, vanishing, misguided}
}

func idle(ctx context.Context, _ net.Conn, _ *rand.Rand) { <-ctx.Done() }

func halfWritten(ctx context.Context, conn net.Conn, random *rand.Rand) {
	request := "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\nContent-Length: 100\r\n\r\nhalf"
	say(conn, request[:1+random.IntN(len(request)-1)])
	<-ctx.Done()
}

func dripping(ctx context.Context, conn net.Conn, random *rand.Rand) {
	for letter := range strings.SplitSeq("GET /v1/sessions HTTP/1.1\r\nHost: sessiond\r\n\r\n", "") {
		say(conn, letter)
		pause(ctx, upTo(random, 100*time.Millisecond))
	}
	listen(conn)
}

func garbage(_ context.Context, conn net.Conn, random *rand.Rand) {
	text := make([]byte, 1+random.IntN(2<<20))
	for i := range text {
		text[i] = byte(random.Uint32())
	}
	say(conn, string(text))
	listen(conn)
}

func endlessBody(ctx context.Context, conn net.Conn, _ *rand.Rand) {
	say(conn, "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\nTransfer-Encoding: chunked\r\n\r\n")
	for ctx.Err() == nil && say(conn, "1000\r\n"+strings.Repeat("x", 0x1000)+"\r\n") {
		pause(ctx, time.Millisecond)
	}
}

func deafReader(ctx context.Context, conn net.Conn, _ *rand.Rand) {
	for range 50 {
		say(conn, "GET /v1/sessions?limit=1000 HTTP/1.1\r\nHost: sessiond\r\n\r\n")
	}
	<-ctx.Done()
}

func deafFollower(ctx context.Context, conn net.Conn, _ *rand.Rand) {
	say(conn, "GET /v1/events HTTP/1.1\r\nHost: sessiond\r\n\r\n")
	<-ctx.Done()
}

// vanishing asks for something and is gone before the answer.
func vanishing(ctx context.Context, conn net.Conn, random *rand.Rand) {
	say(conn, "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\n\r\n")
	pause(ctx, upTo(random, 5*time.Millisecond))
}

func misguided(_ context.Context, conn net.Conn, random *rand.Rand) {
	for _, line := range []string{
		"DELETE /v1/sessions", "GET /v1/sessions/..%2f..%2fetc/passwd", "POST /v1/sessions/no/dots/open",
		"GET /v1/sessions?limit=-1", "GET /v2", "PUT /", "GET /v1/events?since=99999999999999999999",
	} {
		say(conn, line+" HTTP/1.1\r\nHost: sessiond\r\n\r\n")
	}
	_ = conn.SetReadDeadline(time.Now().Add(upTo(random, time.Second)))
	listen(conn)
}

// say writes and reports whether the daemon still listens.
func say(conn net.Conn, text string) bool {
	_, err := conn.Write([]byte(text))
	return err == nil
}

// listen reads until the daemon has nothing to say any more.
func listen(conn net.Conn) {
	buffer := make([]byte, 4096)
	for {
		if _, err := conn.Read(buffer); err != nil {
			return
		}
	}
}

// misbehave is a bad client after the other.
func (l *lives) misbehave(ctx context.Context, random *rand.Rand) {
	all := abuses()
	for ctx.Err() == nil {
		l.abuse(ctx, all[random.IntN(len(all))], upTo(random, 3*time.Second), random)
		pause(ctx, upTo(random, 20*time.Millisecond))
	}
}

func (l *lives) abuse(ctx context.Context, with abuse, d time.Duration, random *rand.Rand) {
	conn, err := net.Dial("unix", l.socket)
	if err != nil {
		return // it is just being restarted
	}
	l.abused.Add(1)
	l.life().memory.ask() // some ask for a refresh, and do not wait for the answer
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer func() {
		if stop() {
			conn.Close()
		}
	}()
	with(ctx, conn, random)
}

// clients are all that a daemon has to do with meanwhile. The function it returns
// sends them away.
func (s *soak) clients() (leave func()) {
	ctx, cancel := context.WithCancel(s.ctx)
	var all sync.WaitGroup
	for _, l := range s.daemons {
		for _, r := range readings() {
			random := s.fork()
			all.Go(func() { l.read(ctx, r, random) })
		}
		dozing := s.fork()
		all.Go(func() { l.doze(ctx, dozing) })
		for range s.random.IntN(30) {
			random := s.fork()
			all.Go(func() { l.misbehave(ctx, random) })
		}
	}
	return func() {
		cancel()
		all.Wait()
	}
}

// crowd opens 1,000 connections and leaves them idle or half-written for a while.
func (s *soak) crowd() {
	s.journal.note(session.Key{}, "1,000 connections")
	ctx, cancel := context.WithCancel(s.ctx)
	var all sync.WaitGroup
	for _, l := range s.daemons {
		for i := range 1000 {
			random := s.fork()
			all.Go(func() { l.abuse(ctx, []abuse{idle, halfWritten}[i%2], time.Minute, random) })
		}
	}
	for range 5 {
		for _, l := range s.daemons {
			l.refresh(ctx)
			l.ask(ctx, "status in a crowd", func(ctx context.Context, one *life) error { return readStatus(ctx, one, nil) })
		}
		pause(ctx, 100*time.Millisecond)
	}
	cancel()
	all.Wait()
}
