package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/config"
	"sessiond/internal/passes/passestest"
)

// writes has an authority change files, for a follower, too.
func writes(editors ...string) func(*config.Settings) {
	return func(s *config.Settings) { s.Write, s.ReplicaEditors = true, editors }
}

// tapped returns all that has gone through a broker, with subjects, when it is asked, and
// looks no longer: whoever looks would have the broker find somebody who answers.
func (b *broker) tapped(t *testing.T) func() string {
	t.Helper()
	nc, err := nats.Connect(b.url())
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var seen strings.Builder
	_, err = nc.Subscribe(">", func(m *nats.Msg) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(&seen, "%s %v %s\n", m.Subject, m.Header, m.Data)
	})
	if err == nil {
		err = nc.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() string {
		nc.Close()
		mu.Lock()
		defer mu.Unlock()
		return seen.String()
	}
}

// A change through a follower is made to the authority's file, is on record with node and
// claimed user, and is to be seen at the follower when the answer comes.
func TestFollowerEdits(t *testing.T) {
	b := newBroker(t)
	sent := b.tapped(t)
	root := filepath.Join(t.TempDir(), "MobileApps")
	put(t, root, 1)
	north := authorityOver(t, b, root, writes("south"))
	south := followerOf(t, b, "south")
	west := followerOf(t, b, "west")
	south.becomes(t, "following", func(s api.Status) bool { return isComplete(s) && s.Write.Enabled })
	west.becomes(t, "following", isComplete)
	key := passestest.Key(1)
	email := "berta@example.com"
	made, err := south.Change(t.Context(), key, api.Set{Email: &email}, client.EditOptions{Reason: "a call"})
	if err != nil || !made.Changed || made.Summary.Email != email || made.ETag == "" || made.Visible != nil {
		t.Fatalf("Change = %+v, %v", made, err)
	}
	if shown, err := south.Session(t.Context(), key); err != nil || shown.Email != email {
		t.Errorf("the follower shows %+v, %v", shown, err)
	}
	if text, err := os.ReadFile(filepath.Join(root, key.App, key.ID)); err != nil || !strings.Contains(string(text), email) {
		t.Errorf("the file is %s, %v", text, err)
	}
	page, err := north.Audit(t.Context(), client.AuditQuery{Action: "set-email"})
	if err != nil || len(page.Entries) == 0 {
		t.Fatalf("Audit = %+v, %v", page, err)
	}
	by := page.Entries[0].Actor
	if by == nil || by.Via != "replica" || by.Node != "south" || by.Claimed["uid"] == "" || by.UID != nil || page.Entries[0].Reason != "a call" {
		t.Errorf("the audit has %+v, by %+v", page.Entries[0], by)
	}

	if _, err := west.Change(t.Context(), key, api.Set{Email: &email}, client.EditOptions{}); !isKind(err, api.KindNodeMayNotEdit) {
		t.Errorf("a change by a node without the right: %v", err)
	}
	passestest.Until(t, "the refusal is on record", func() bool {
		page, err = north.Audit(t.Context(), client.AuditQuery{Action: "edit"})
		return err == nil && len(page.Entries) == 1 && page.Entries[0].Result == "refused" && page.Entries[0].Actor.Node == "west"
	})

	// No secret of the file goes anywhere.
	_, token, _ := strings.Cut(passestest.Content(1, ""), `"token":"ey`)
	all := sent()
	for _, secret := range []string{"push-secret", "ey" + strings.TrimRight(token, `"}=`)} {
		if strings.Contains(all, secret) {
			t.Errorf("%q was sent", secret)
		}
	}
	if !strings.Contains(all, "sd.test.edit.south") || !strings.Contains(all, `"changed":true`) {
		t.Error("nothing was seen of the change")
	}

	north.stop()
	_, err = south.Change(t.Context(), key, api.Set{Email: &email}, client.EditOptions{})
	if !isKind(err, api.KindAuthorityAway) {
		t.Errorf("a change without the authority: %v", err)
	}
}
