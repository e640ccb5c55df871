package jetstream

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"sessiond/internal/replica"
	"sessiond/internal/session"
)

// rights are the subjects that a user may publish and subscribe to.
type rights struct{ publish, subscribe []string }

// rightsOf returns those of a role, as docs/CLUSTER.md has them.
func rightsOf(r role, node string) rights {
	stream, consumer := "KV_sd-test", string(r)+"-"+node
	publish := []string{
		"$JS.API.STREAM.INFO." + stream,
		"$JS.API.CONSUMER.CREATE." + stream + "." + consumer,
		"$JS.API.CONSUMER.MSG.NEXT." + stream + "." + consumer,
		"$JS.API.CONSUMER.DELETE." + stream + "." + consumer,
	}
	subscribe := []string{inbox("test", r, node) + ".>"}
	if r == follower {
		return rights{append(publish, "sd.test.look."+node, "sd.test.edit."+node), subscribe}
	}
	return rights{
		append(publish, "$KV.sd-test.>", "$JS.API.STREAM.CREATE."+stream, "$JS.API.STREAM.UPDATE."+stream, "$JS.API.STREAM.MSG.GET."+stream),
		append(subscribe, "sd.test.look.*", "sd.test.edit.*"),
	}
}

// user makes a user with an nkey, and returns the file of its seed.
func user(t *testing.T, o *server.Options, r rights, responds bool) (seed string) {
	t.Helper()
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	public, err := pair.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := pair.Seed()
	if err != nil {
		t.Fatal(err)
	}
	permissions := &server.Permissions{
		Publish: &server.SubjectPermission{Allow: r.publish}, Subscribe: &server.SubjectPermission{Allow: r.subscribe},
	}
	if responds {
		permissions.Response = &server.ResponsePermission{MaxMsgs: 1, Expires: lookTime}
	}
	o.Nkeys = append(o.Nkeys, &server.NkeyUser{Nkey: public, Permissions: permissions})
	return file(t, "user.nk", secret)
}

func file(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// With the rights of its role and no others, each does all it has to.
func TestRights(t *testing.T) {
	var north, south, west string
	s := serve(t, func(o *server.Options) {
		north = user(t, o, rightsOf(authority, "north"), true)
		south = user(t, o, rightsOf(follower, "south"), false)
		may := rightsOf(follower, "west")
		west = user(t, o, rights{may.publish[:len(may.publish)-1], may.subscribe}, false) // sd.test.edit.west is the last
	})
	a, f, looks := configOf(s, "north"), configOf(s, "south"), configOf(s, "west")
	a.NKey, f.NKey, looks.NKey = north, south, west
	writer, reader := dialed(t, a, authority), dialed(t, f, follower)
	eventually(t, "connected", func() bool { return writer.conn.IsConnected() && reader.conn.IsConnected() })
	d := publishes(t, writer, sessions(1100, "1"))
	answers(t, writer, func(context.Context, session.Key) replica.Looked { return replica.Looked{Known: true} })
	follows, shown := follows(t, reader)
	awaits(t, follows, d)
	if n := shown.View().Len(); n != 1100 {
		t.Errorf("the follower shows %d sessions", n)
	}
	if got, err := reader.Look(t.Context(), someKey); err != nil || !got.Known {
		t.Errorf("the answer is %+v, %v", got, err)
	}
	taken := takes(t, writer, func(node string, e *replica.Edit) replica.Edited { return replica.Edited{ETag: node} })
	if got, err := reader.Edit(t.Context(), &replica.Edit{ID: "1"}); err != nil || got.ETag != "south" {
		t.Errorf("the answer to an edit is %+v, %v", got, err)
	}
	if got, err := dialed(t, looks, follower).Edit(t.Context(), &replica.Edit{ID: "1"}); refusal(err) != replica.RefusedPermission || taken.Load() != 1 {
		t.Errorf("a follower without the right asks for an edit: %+v, %v", got, err)
	}
	// A follower can neither write nor touch what is another's.
	if _, err := reader.Append(t.Context(), 0, []replica.Message{{Key: "x"}}); refusal(err) != replica.RefusedPermission {
		t.Errorf("a follower writes: %v", err)
	}
	reader.cfg.Node = "east"
	if _, err := reader.Look(t.Context(), someKey); refusal(err) != replica.RefusedPermission {
		t.Errorf("a follower asks as another: %v", err)
	}
	if _, err := reader.Read(t.Context(), 0, false); refusal(err) != replica.RefusedPermission {
		t.Errorf("a follower has another's consumer: %v", err)
	}
	reader.role, reader.cfg.Node = authority, "north"
	if _, err := reader.Read(t.Context(), 0, false); refusal(err) != replica.RefusedPermission {
		t.Errorf("a follower has the authority's consumer: %v", err)
	}
}

// Each right that is lacking is named.
func TestRightsThatAreLacking(t *testing.T) {
	for _, r := range []role{authority, follower} {
		full := rightsOf(r, "north")
		for i, subject := range full.publish {
			if strings.Contains(subject, "STREAM.UPDATE") || strings.HasPrefix(subject, "sd.test.") {
				continue // is not needed here
			}
			t.Run(string(r)+" "+subject, func(t *testing.T) {
				t.Parallel()
				var seed, admin string
				s := serve(t, func(o *server.Options) {
					seed = user(t, o, rights{slices.Delete(slices.Clone(full.publish), i, i+1), full.subscribe}, true)
					admin = user(t, o, rights{[]string{">"}, []string{">"}}, true)
				})
				cfg := configOf(s, "north")
				cfg.NKey = admin
				all := dialed(t, cfg, authority)
				eventually(t, "connected", all.conn.IsConnected)
				before := publishes(t, all, sessions(3, "1"))
				eventually(t, "live", func() bool { return before.Status().State == replica.StateLive })
				before.stop()
				if strings.Contains(subject, "STREAM.CREATE") {
					if err := all.js.DeleteStream(t.Context(), "KV_sd-test"); err != nil {
						t.Fatal(err)
					}
				}
				cfg.NKey = seed
				e := dialed(t, cfg, r)
				eventually(t, "connected", e.conn.IsConnected)
				var status func() replica.Status
				if r == authority {
					status = publishes(t, e, sessions(4, "1")).Status
				} else {
					f, _ := follows(t, e)
					status = f.Status
				}
				named := strings.TrimSuffix(subject, ">")
				eventually(t, "refused", func() bool { return status().Code == replica.RefusedPermission })
				if reason := status().Reason; !strings.Contains(reason, named) {
					t.Errorf("the reason is %q", reason)
				}
			})
		}
	}
}

func TestCredentialsThatAreWrong(t *testing.T) {
	s := serve(t, func(o *server.Options) { user(t, o, rightsOf(authority, "north"), true) })
	other := user(t, &server.Options{}, rights{}, false)
	for name, seed := range map[string]string{"another's": other, "none": ""} {
		cfg := configOf(s, "north")
		cfg.NKey = seed
		d := publishes(t, dialed(t, cfg, authority), sessions(1, "1"))
		eventually(t, "refused", func() bool { return d.Status().Code == replica.RefusedCredentials })
		if status := d.Status(); status.State != replica.StateAway || !strings.Contains(status.Reason, "credentials") {
			t.Errorf("%s: the authority is %+v", name, status)
		}
	}
}

// Credentials are a file of a user of an account, as an operator gives them out.
func TestCreds(t *testing.T) {
	pair := func(make func() (nkeys.KeyPair, error)) (nkeys.KeyPair, string) {
		p, err := make()
		if err != nil {
			t.Fatal(err)
		}
		public, err := p.PublicKey()
		if err != nil {
			t.Fatal(err)
		}
		return p, public
	}
	encode := func(c jwt.Claims, by nkeys.KeyPair) string {
		text, err := c.Encode(by)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	operator, operatorKey := pair(nkeys.CreateOperator)
	account, accountKey := pair(nkeys.CreateAccount)
	someone, someoneKey := pair(nkeys.CreateUser)
	claims := jwt.NewAccountClaims(accountKey)
	claims.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1}
	_, systemKey := pair(nkeys.CreateAccount)
	resolver := &server.MemAccResolver{}
	for key, text := range map[string]string{
		accountKey: encode(claims, operator), systemKey: encode(jwt.NewAccountClaims(systemKey), operator),
	} {
		if err := resolver.Store(key, text); err != nil {
			t.Fatal(err)
		}
	}
	s := serve(t, func(o *server.Options) {
		trusted := jwt.NewOperatorClaims(operatorKey)
		o.TrustedOperators = []*jwt.OperatorClaims{trusted}
		o.AccountResolver, o.SystemAccount = resolver, systemKey
	})
	seed, err := someone.Seed()
	if err != nil {
		t.Fatal(err)
	}
	creds, err := jwt.FormatUserConfig(encode(jwt.NewUserClaims(someoneKey), account), seed)
	if err != nil {
		t.Fatal(err)
	}
	cfg := configOf(s, "north")
	cfg.Creds = file(t, "user.creds", creds)
	e := dialed(t, cfg, authority)
	eventually(t, "connected", e.conn.IsConnected)
	d := publishes(t, e, sessions(1, "1"))
	eventually(t, fmt.Sprintf("live: %+v", d.Status()), func() bool { return d.Status().State == replica.StateLive })
}
