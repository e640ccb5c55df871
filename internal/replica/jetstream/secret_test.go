package jetstream

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"sessiond/internal/replica"
	"sessiond/internal/session"
	"sessiond/internal/validate"
)

// No secret of a session file is in a byte that is sent, or that the server stores.
func TestNoSecretIsPublished(t *testing.T) {
	const app, id, team = "com.contactApp.Contact", "7023d9205074199d1c16fc00d24354e778137675", "UTT7VDX8W5"
	const push = "740f4707bebcf74f9b7c25d48e3358945f6aa01da5ddb387462c7eaf61bb78ad"
	token := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, `{"appNameID":%q,"id":%q,"teamID":%q}`, app, id, team))
	key := session.Key{App: team + "." + app, ID: id}
	judge, err := validate.New()
	if err != nil {
		t.Fatal(err)
	}
	contents := func(status string) []byte {
		return fmt.Appendf(nil, `{"application":{"id":%q},"team":{"id":%q},"session":{"id":%q},"status":%q,"token":%q,"device":{"id":"d","token":%q},"email":"anna@example.com"}`,
			app, team, id, status, token, push)
	}
	good, problem := judge.Judge(key, contents("accepted"))
	if problem != nil {
		t.Fatal(problem)
	}
	_, problem = judge.Judge(key, contents(token))
	if problem == nil {
		t.Fatal("the file is valid")
	}
	dir := t.TempDir()
	s := serve(t, func(o *server.Options) { o.StoreDir = dir })
	p := proxied(t, s)
	cfg := configOf(s, "north")
	cfg.URLs = []string{"nats://" + p.Addr().String()}
	e := dialed(t, cfg, authority)
	eventually(t, "connected", e.conn.IsConnected)
	d := publishes(t, e, sessions(3, "1"))
	f, shown := follows(t, connected(t, s, "south", follower))
	pass := func(o session.Outcome) {
		o.Report.Pass = 9
		d.store.Apply(o)
		d.Observe(d.store.View(), &o, true)
		awaits(t, f, d)
	}
	pass(session.Outcome{Changes: []session.MemoryChange{{Session: good, Kind: session.ChangeAdmitted}}})
	if _, in := shown.View().Get(key); !in {
		t.Error("the follower has not the session")
	}
	pass(session.Outcome{
		Changes:  []session.MemoryChange{{Session: good, Kind: session.ChangeInvalid}},
		Problems: []session.Transition[session.ActiveError]{{Session: key, Now: &session.ActiveError{Problem: *problem}}},
	})
	if _, is := shown.View().Problem(key); !is {
		t.Error("the follower has not the error")
	}
	d.stop()
	stop(s)
	p.mu.Lock()
	defer p.mu.Unlock()
	all := map[string][]byte{"what was sent": p.seen}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			all[path], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(p.seen, []byte("anna@example.com")) || !bytes.Contains(p.seen, []byte("mobi")) || len(all) < 3 {
		t.Errorf("the test sees nothing: %d files", len(all))
	}
	for where, data := range all {
		for _, secret := range []string{token, strings.TrimRight(token, "="), push} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("a secret is in %s", where)
			}
		}
	}
}

// certificate makes a certificate of a name, its key, and the file of who signed it: itself.
func certificate(t *testing.T, name string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		file(t, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestTLS(t *testing.T) {
	good, ca := certificate(t, "127.0.0.1")
	_, otherCA := certificate(t, "127.0.0.1")
	wrongName, wrongCA := certificate(t, "elsewhere.example.com")
	for name, test := range map[string]struct {
		server  tls.Certificate
		ca      string
		refused bool
	}{
		"right":                           {good, ca, false},
		"a certificate of another name":   {wrongName, wrongCA, true},
		"a certificate of somebody else":  {good, otherCA, true},
		"a certificate that nobody knows": {good, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(o *server.Options) {
				o.TLSConfig = &tls.Config{Certificates: []tls.Certificate{test.server}, MinVersion: tls.VersionTLS12}
			})
			cfg := Config{URLs: []string{"tls://" + s.Addr().String()}, Name: "test", Node: "north", CA: test.ca}
			d := publishes(t, dialed(t, cfg, authority), sessions(1, "1"))
			if !test.refused {
				eventually(t, "live", func() bool { return d.Status().State == replica.StateLive })
				return
			}
			eventually(t, "refused", func() bool { return d.Status().Code == replica.RefusedCertificate })
		})
	}
}

// Of an address where nobody is, or nobody answers, it is said what it is; nobody waits.
func TestAddressThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, addr := range []string{ln.Addr().String(), closed.Addr().String()} {
		d := publishes(t, dialed(t, Config{URLs: []string{"nats://" + addr}, Name: "test", Node: "north"}, authority), sessions(1, "1"))
		f, _ := follows(t, dialed(t, Config{URLs: []string{"nats://" + addr}, Name: "test", Node: "south"}, follower))
		eventually(t, "told", func() bool {
			return strings.Contains(d.Status().Reason, addr) && strings.Contains(f.Status().Reason, addr)
		})
		d.look(sessions(2, "1"))
		if d.Status().State != replica.StateAway || f.Status().State != replica.StateLoading {
			t.Errorf("the authority is %+v, the follower %+v", d.Status(), f.Status())
		}
	}
}
