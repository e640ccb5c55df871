package daemon

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/config"
	"sessiond/internal/passes/passestest"
)

// exampleCluster runs three servers with the configuration of examples/cluster, of which only
// paths, addresses, names of servers and keys are others. It returns what daemons connect to, the
// certificate of who signed, and the seeds of the authority and the follower.
func exampleCluster(t *testing.T) (urls []string, ca, north, south string) {
	t.Helper()
	text, err := os.ReadFile("../../examples/cluster/nats.conf")
	if err != nil {
		t.Fatal(err)
	}
	made := newCertificate(t, "127.0.0.1")
	north, northKey := newNKey(t)
	south, southKey := newNKey(t)
	addresses := freeAddresses(t, 6)
	const servers = 3
	for i := range servers {
		name := fmt.Sprint("n", i+1)
		replace := []string{
			"server_name: n1", "server_name: " + name, "0.0.0.0:4222", addresses[i], "0.0.0.0:6222", addresses[servers+i],
			"/var/lib/nats", t.TempDir(), "/etc/nats/n1.pem", made.cert, "/etc/nats/n1.key", made.key, "/etc/nats/ca.pem", made.cert,
			"UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4", northKey, "UC6NLCN7AS34YOJVCYD4PJ3QB7QGLYG5B5IMBT25VW5K4TNUJODM7BOX", southKey,
		}
		for n := range servers {
			replace = append(replace, fmt.Sprintf("nats://n%d.example.com:6222", n+1), "nats://"+addresses[servers+n])
		}
		path := writeSecret(t, name+".conf", []byte(strings.NewReplacer(replace...).Replace(string(text))))
		opts, err := server.ProcessConfigFile(path)
		if err != nil {
			t.Fatal(err)
		}
		opts.NoLog, opts.NoSigs = true, true
		s, err := server.NewServer(opts)
		if err != nil {
			t.Fatal(err)
		}
		go s.Start()
		t.Cleanup(func() {
			s.Shutdown()
			s.WaitForShutdown()
		})
		urls = append(urls, "tls://"+addresses[i])
	}
	return urls, made.cert, north, south
}

// freeAddresses returns addresses of this machine at which nobody listens.
func freeAddresses(t *testing.T, n int) []string {
	t.Helper()
	var free []string
	taken := make([]net.Listener, n)
	for i := range taken {
		var err error
		if taken[i], err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		free = append(free, taken[i].Addr().String())
	}
	for _, ln := range taken {
		ln.Close()
	}
	return free
}

// With the three servers of examples/cluster, TLS and nkeys, an authority and a follower
// with the rights that stand there do all they have to, also changes; and the settings are
// those of the files beside it.
func TestExampleOfCluster(t *testing.T) {
	urls, ca, northKey, southKey := exampleCluster(t)
	root := filepath.Join(t.TempDir(), "MobileApps")
	put(t, root, 1)
	n, s := replicated(t, "north"), replicated(t, "south")
	for _, settings := range []*config.Settings{&n, &s} {
		settings.ReplicaName, settings.ReplicaCopies, settings.ReplicaCA = "main", 3, ca
		settings.StaleAfter, settings.StaleLimit = deadline, deadline
	}
	n.Root, n.Publish, n.ReplicaNKey = root, urls, northKey
	n.Write, n.ReplicaEditors = true, []string{"south"}
	s.Follow, s.ReplicaNKey = urls, southKey
	north := authorityWith(t, n)
	north.becomes(t, "live", isState("live"))
	south := followerWith(t, s)
	status := south.becomes(t, "following", func(s api.Status) bool { return isComplete(s) && s.Write.Enabled })
	if len(status.Hints) != 0 || status.Sessions != 1 {
		t.Errorf("the follower is %+v, hints %+v", status.Replica, status.Hints)
	}
	email := "berta@example.com"
	if made, err := south.Change(t.Context(), passestest.Key(1), api.Set{Email: &email}, client.EditOptions{}); err != nil || made.Summary.Email != email {
		t.Errorf("Change = %+v, %v", made, err)
	}
	put(t, root, 2)
	if got, _ := south.check(t, passestest.Key(2)); got != http.StatusOK {
		t.Errorf("the check of a file that was just made is %d", got)
	}
	if got, _ := south.check(t, passestest.Key(9)); got != http.StatusUnauthorized {
		t.Errorf("the check of no session is %d", got)
	}
	if s := north.becomes(t, "live", isState("live")); len(s.Hints) != 0 {
		t.Errorf("the authority's hints are %+v", s.Hints)
	}
}
