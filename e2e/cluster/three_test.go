//go:build linux && cluster

package cluster

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"sessiond/e2e/harness"
)

// three is a cluster of three servers.
type three struct {
	servers []*harness.Broker
	js      jetstream.JetStream
}

func newThree(t *testing.T) *three {
	t.Helper()
	program := harness.BuildBroker(t)
	var routes []string
	for range 3 {
		routes = append(routes, "nats://"+harness.FreeAddress(t))
	}
	c := &three{}
	for i, route := range routes {
		c.servers = append(c.servers, harness.NewBroker(t, program, fmt.Sprint("n", i+1),
			"-cluster_name", "sd", "-cluster", route, "-routes", strings.Join(routes, ",")))
	}
	conn, err := nats.Connect(c.urls(), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1))
	harness.Must(t, err)
	t.Cleanup(conn.Close)
	c.js, err = jetstream.New(conn)
	harness.Must(t, err)
	return c
}

func (c *three) urls() string {
	var urls []string
	for _, s := range c.servers {
		urls = append(urls, s.URL())
	}
	return strings.Join(urls, ",")
}

// leader returns the server that decides what the stream holds, once all three have all of
// it.
func (c *three) leader(t *testing.T) *harness.Broker {
	t.Helper()
	var leader *harness.Broker
	var err error
	if !harness.Eventually(func() bool {
		var stream jetstream.Stream
		if stream, err = c.js.Stream(t.Context(), "KV_sd-main"); err != nil {
			return false
		}
		cluster := stream.CachedInfo().Cluster
		current := 0
		for _, r := range cluster.Replicas {
			if r.Current {
				current++
			}
		}
		err = fmt.Errorf("it is %+v", cluster)
		leader = nil
		for _, s := range c.servers {
			if s.Name == cluster.Leader && current == 2 {
				leader = s
			}
		}
		return leader != nil
	}) {
		t.Fatalf("the stream has no leader whom two follow: %v", err)
	}
	return leader
}
