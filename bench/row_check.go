//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // the contract says that ids are SHA-1
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// checkRequests returns checks of accepted sessions from all over the tree, as a gateway
// sends them.
func (t *tree) checkRequests(path string) [][]byte {
	var all [][]byte
	for n := 0; len(all) < 1000 && n < t.files; n++ {
		i := n * 7919 % t.files
		if _, content := t.session(i, 0); bytes.Contains(content, []byte(`"pending"`)) {
			continue
		}
		p := t.person(i, 0)
		all = append(all, checkRequest(path, p.owner, p.id))
	}
	return all
}

// randomRequests returns checks of tokens that are of no session, in app folders that are
// there: each has the daemon look for a file.
func (t *tree) randomRequests() [][]byte {
	var all [][]byte
	for n := range 1000 {
		sum := sha1.Sum(fmt.Append(nil, "random", n)) //nolint:gosec // the contract says that ids are SHA-1
		all = append(all, checkRequest("/v1/check", t.owner(n%t.folders()), hex.EncodeToString(sum[:])))
	}
	return all
}

func checkRequest(path string, of owner, id string) []byte {
	claims := fmt.Sprintf(`{"appNameID":%q,"id":%q,"teamID":%q}`, of.application, id, of.team)
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: sessiond\r\nAuthorization: Bearer %s\r\n\r\n",
		path, base64.RawStdEncoding.EncodeToString([]byte(claims)))
}

// checkers are daemons that check tokens, and the bare handler that answers the same.
type checkers struct {
	askers  askers
	sockets []string // of the checks
	bare    *bare
}

func (l *lab) newCheckers(ctx context.Context, t *tree) (*checkers, error) {
	c := &checkers{}
	for binary := range l.binaries {
		socket := filepath.Join(l.temp, fmt.Sprint("check-", binary))
		d, err := l.start(ctx, binary, t.root, "--admit", "follow", "--check-socket", socket, "--seen-file", socket+".seen")
		if err != nil {
			c.close()
			return nil, err
		}
		w, err := dialWire(d.socket)
		if err != nil {
			d.end()
			c.close()
			return nil, err
		}
		c.askers, c.sockets = append(c.askers, asker{daemon: d, wire: w}), append(c.sockets, socket)
	}
	var err error
	if c.bare, err = l.startBare(ctx, nil, checkMode); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *checkers) close() {
	c.askers.close()
	if c.bare != nil {
		c.bare.end()
	}
}

// checks measures how many tokens a second can be checked, alone and through nginx.
func (l *lab) checks(ctx context.Context, files int) error {
	t, err := l.usual(ctx, files)
	if err != nil {
		return err
	}
	c, err := l.newCheckers(ctx, t)
	if err != nil {
		return err
	}
	defer c.close()
	requests := t.checkRequests("/v1/check")
	servers := []checkServer{{c.bare.socket, []int{c.bare.cmd.Process.Pid}}}
	for i, socket := range c.sockets {
		servers = append(servers, checkServer{socket, []int{c.askers[i].pid()}})
	}
	for _, connections := range []int{16, 1000} {
		what := fmt.Sprintf("check of a token, %s connections / bare net/http", thousands(connections))
		if err := l.checkRates(what, "≥ 0.9", servers, requests, connections); err != nil {
			return err
		}
	}
	if err := l.randomRates(servers[1:], t.randomRequests()); err != nil {
		return err
	}
	if !installed("nginx") {
		l.report.note("nginx is not installed: checks through it were not measured")
		return nil
	}
	var gates []checkServer
	for i, s := range servers {
		gate, end, err := l.startGate(ctx, fmt.Sprint("gate-", i), s.socket)
		if err != nil {
			return err
		}
		defer end() //nolint:gocritic // they all run until the rates are measured
		gates = append(gates, checkServer{gate.socket, append(gate.pids, s.pids...)})
	}
	return l.checkRates("the same through nginx, 16 connections / nginx with the bare handler", "≥ 0.95", gates, t.checkRequests("/"), 16)
}

// checkServer is what checks tokens, and the processes that have a part in that.
type checkServer struct {
	socket string
	pids   []int
}

// onCPU returns how long the processes have been on a processor so far.
func (s checkServer) onCPU() (time.Duration, error) {
	var all time.Duration
	for _, pid := range s.pids {
		a, err := activityOf(pid)
		if err != nil {
			return 0, err
		}
		all += a.onCPU
	}
	return all, nil
}

// checkRates measures requests a second on some servers beside those on the first, and the
// time on a processor that a request takes them: the clients have no part in that, nor
// have other programs.
func (l *lab) checkRates(what, goal string, servers []checkServer, requests [][]byte, connections int) error {
	long := 1500 * time.Millisecond
	if l.small {
		long = 100 * time.Millisecond
	}
	ratio := l.report.line(what, "×", goal)
	cost := l.report.line("  its time on a processor / the bare handler's", "×", "")
	alone := l.report.line("  the bare handler's", "µs", "")
	var crowds []crowd
	defer func() {
		for _, c := range crowds {
			c.close()
		}
	}()
	for _, s := range servers {
		c, err := newCrowd(s.socket, requests, connections)
		if err != nil {
			return err
		}
		crowds = append(crowds, c)
	}
	for round := range l.rounds + 1 {
		var bare checkRate
		for i, c := range crowds {
			rate, err := c.checkRate(long, servers[i])
			switch {
			case err != nil:
				return err
			case i == 0:
				bare = rate
			case round > 0: // the first is to warm up
				ratio.add(i-1, rate.perSecond/bare.perSecond)
				cost.add(i-1, float64(rate.onCPU)/float64(bare.onCPU))
				alone.add(i-1, bare.onCPU.Seconds()*1e6)
			}
		}
	}
	return nil
}

// randomRates measures how many tokens that are of no session can be tried in a second.
func (l *lab) randomRates(servers []checkServer, requests [][]byte) error {
	long := 1500 * time.Millisecond
	if l.small {
		long = 100 * time.Millisecond
	}
	tried := l.report.line("random tokens a second, 16 connections", "", "≥ 1000")
	cost := l.report.line("  the time on a processor of one", "µs", "")
	var crowds []crowd
	defer func() {
		for _, c := range crowds {
			c.close()
		}
	}()
	for _, s := range servers {
		c, err := newCrowd(s.socket, requests, 16)
		if err != nil {
			return err
		}
		for _, r := range c {
			r.status = "401"
		}
		crowds = append(crowds, c)
	}
	for range l.rounds {
		for i, c := range crowds {
			rate, err := c.checkRate(long, servers[i])
			if err != nil {
				return err
			}
			tried.add(i, rate.perSecond)
			cost.add(i, rate.onCPU.Seconds()*1e6)
		}
	}
	return nil
}

// checkRate is how fast checks were, and the time on a processor that each took.
type checkRate struct {
	perSecond float64
	onCPU     time.Duration
}

func (c crowd) checkRate(long time.Duration, s checkServer) (checkRate, error) {
	before, err := s.onCPU()
	if err != nil {
		return checkRate{}, err
	}
	began := time.Now()
	perSecond, err := c.rate(long)
	if err != nil {
		return checkRate{}, err
	}
	answers := perSecond * time.Since(began).Seconds()
	after, err := s.onCPU()
	return checkRate{perSecond, time.Duration(float64(after-before) / answers)}, err
}

// startGate starts an nginx that has each request checked.
func (l *lab) startGate(ctx context.Context, name, check string) (gate checkServer, end func(), err error) {
	folder := filepath.Join(l.temp, name)
	if err := os.Mkdir(folder, 0o750); err != nil {
		return gate, nil, fmt.Errorf("cannot make a folder for nginx: %w", err)
	}
	socket := filepath.Join(folder, "s")
	text := fmt.Sprintf(`daemon off; master_process off; pid %[1]s/pid; error_log stderr;
events { worker_connections 4096; }
http {
	access_log off;
	client_body_temp_path %[1]s/1; proxy_temp_path %[1]s/2; fastcgi_temp_path %[1]s/3; uwsgi_temp_path %[1]s/4; scgi_temp_path %[1]s/5;
	keepalive_requests 100000000;
	upstream check { server unix:%[2]s; keepalive 16; keepalive_requests 100000000; }
	server {
		listen unix:%[3]s;
		location / { auth_request /_check; empty_gif; }
		location = /_check {
			internal; proxy_pass http://check/v1/check; proxy_http_version 1.1; proxy_set_header Connection "";
			proxy_pass_request_body off; proxy_pass_request_headers off; proxy_set_header Content-Length "";
			proxy_set_header Authorization $http_authorization;
		}
	}
}
`, folder, check, socket)
	conf := filepath.Join(folder, "nginx.conf")
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return gate, nil, fmt.Errorf("cannot write the configuration of nginx: %w", err)
	}
	cmd := command(ctx, "nginx", "-p", folder, "-e", "stderr", "-c", conf)
	if err := cmd.Start(); err != nil {
		return gate, nil, fmt.Errorf("cannot start nginx: %w", err)
	}
	end = func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // it was killed
	}
	for range 100 {
		if w, err := dialWire(socket); err == nil {
			w.close()
			return checkServer{socket, []int{cmd.Process.Pid}}, end, nil
		}
		if err := wait(ctx, 50*time.Millisecond); err != nil {
			break
		}
	}
	end()
	return gate, nil, fmt.Errorf("cannot reach nginx: %w", errAnswer)
}

// checksInPass measures the latency of checks while passes run, one after another without
// a pause.
func (l *lab) checksInPass(ctx context.Context, files int) error {
	long := 4 * time.Second
	if l.small {
		long = time.Second
	}
	t, err := l.usual(ctx, files)
	if err != nil {
		return err
	}
	c, err := l.newCheckers(ctx, t)
	if err != nil {
		return err
	}
	defer c.close()
	late := l.report.line("check while passes over "+thousands(files)+" run, p99", "ms", "≤ 10")
	middle := l.report.line("  p50", "ms", "")
	requests := t.checkRequests("/v1/check")
	for range l.rounds {
		for i, a := range c.askers {
			w, err := dialWire(c.sockets[i])
			if err != nil {
				return err
			}
			r := &reader{wire: w, requests: requests}
			err = besidePasses(a, r, t, long)
			r.close()
			if err != nil {
				return err
			}
			late.add(i, percentile(r.durations, 99))
			middle.add(i, percentile(r.durations, 50))
		}
	}
	return nil
}
