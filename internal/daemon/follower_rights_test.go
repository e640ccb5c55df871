package daemon

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/session"
)

// A node that the authority names needs the right on its own subject, too, and says so.
func TestFollowerLacksRightToEdit(t *testing.T) {
	t.Parallel()
	accepted := session.StatusAccepted
	for subject, want := range map[string]string{
		"":                   "",
		"sd.test.edit.south": "the engine does not allow this user to publish to sd.test.edit.south",
	} {
		n, f := replicated(t, "north"), replicated(t, "south")
		writes("south")(&n)
		n.Root = filepath.Join(t.TempDir(), "MobileApps")
		put(t, n.Root, 1)
		b := newBroker(t, func(o *server.Options) {
			allowedTo(t, &n, "authority", "")(o)
			allowedTo(t, &f, "follower", subject)(o)
		})
		n.Publish, f.Follow = []string{b.url()}, []string{b.url()}
		authorityWith(t, n).becomes(t, "live", isState("live"))
		south := followerWith(t, f)
		south.becomes(t, "following", func(s api.Status) bool { return isComplete(s) && s.Write.Enabled })
		_, err := south.Change(t.Context(), passestest.Key(1), api.Set{Status: &accepted}, client.EditOptions{})
		if want == "" && err != nil || want != "" && (!isKind(err, api.KindNodeMayNotEdit) || !strings.Contains(err.Error(), want)) {
			t.Errorf("without the right %q: %v", subject, err)
		}
	}
}
