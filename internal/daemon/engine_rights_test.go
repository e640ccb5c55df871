package daemon

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
	"go.uber.org/zap"

	"sessiond/internal/config"
)

func quiet() *zap.Logger { return zap.NewNop() }

func authorityWith(t *testing.T, s config.Settings) *node {
	t.Helper()
	return runNode(t, s, func(opts Options) (*front, func(context.Context) error, error) {
		d, err := New(opts)
		if err != nil {
			return nil, nil, err
		}
		return &d.front, d.Run, nil
	})
}

func followerWith(t *testing.T, s config.Settings) *node {
	t.Helper()
	return runNode(t, s, func(opts Options) (*front, func(context.Context) error, error) {
		f, err := NewFollower(opts)
		if err != nil {
			return nil, nil, err
		}
		return &f.front, f.Run, nil
	})
}

// newNKey makes a user, and returns the file of its seed and its public key.
func newNKey(t *testing.T) (seed, public string) {
	t.Helper()
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := pair.Seed()
	if err != nil {
		t.Fatal(err)
	}
	if public, err = pair.PublicKey(); err != nil {
		t.Fatal(err)
	}
	return writeSecret(t, "user.nk", secret), public
}

func writeSecret(t *testing.T, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// allowedTo gives a daemon a user with the rights that docs/CLUSTER.md lists for its role,
// but for one.
func allowedTo(t *testing.T, s *config.Settings, role, but string) func(*server.Options) {
	t.Helper()
	seed, public := newNKey(t)
	s.ReplicaNKey = seed
	publish, subscribe := documented(t, role, s.ReplicaName, s.ReplicaNode)
	all := slices.Concat(publish, subscribe)
	if but != "" && !slices.Contains(all, but) {
		t.Fatalf("%s is no right of %v", but, all)
	}
	lacks := func(subject string) bool { return subject == but }
	return func(o *server.Options) {
		permissions := &server.Permissions{
			Publish:   &server.SubjectPermission{Allow: slices.DeleteFunc(publish, lacks)},
			Subscribe: &server.SubjectPermission{Allow: slices.DeleteFunc(subscribe, lacks)},
		}
		if len(permissions.Subscribe.Allow) == 0 {
			permissions.Subscribe = &server.SubjectPermission{Deny: []string{">"}}
		}
		if role == "authority" {
			permissions.Response = &server.ResponsePermission{MaxMsgs: 1, Expires: 10 * time.Second}
		}
		o.Nkeys = append(o.Nkeys, &server.NkeyUser{Nkey: public, Permissions: permissions})
	}
}

// documented returns the subjects that the table of docs/CLUSTER.md has for a role.
func documented(t *testing.T, role, name, node string) (publish, subscribe []string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/CLUSTER.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\| ` + role + ` \|([^|]*)\|([^|]*)\|$`).FindStringSubmatch(string(text))
	if row == nil {
		t.Fatalf("there is no row for %s", role)
	}
	for i, to := range []*[]string{&publish, &subscribe} {
		for _, quoted := range regexp.MustCompile("`[^`]+`").FindAllString(row[i+1], -1) {
			subject := strings.NewReplacer("`", "", "NAME", name, "NODE", node).Replace(quoted)
			if subject != "allow_responses" {
				*to = append(*to, braces(subject)...)
			}
		}
	}
	return publish, subscribe
}

// braces returns the words that a{b,c}d stands for.
func braces(word string) []string {
	before, rest, is := strings.Cut(word, "{")
	if !is {
		return []string{word}
	}
	inner, after, _ := strings.Cut(rest, "}")
	var words []string
	for one := range strings.SplitSeq(inner, ",") {
		words = append(words, before+one+after)
	}
	return words
}

// certificate is one that has signed itself, and the files of it and its key.
type certificate struct {
	cert, key string
	tls       tls.Certificate
}

func newCertificate(t *testing.T, name string) certificate {
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
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return certificate{
		cert: writeSecret(t, "cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		key:  writeSecret(t, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})),
		tls:  tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
	}
}

func (c certificate) serve(o *server.Options) {
	o.TLSConfig = &tls.Config{Certificates: []tls.Certificate{c.tls}, MinVersion: tls.VersionTLS12}
}
