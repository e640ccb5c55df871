package daemon

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/session"
)

// Of two followers that change one session at once, what they have seen of it, one is told
// that it was changed since, as two clients of one daemon.
func TestFollowersEditTogether(t *testing.T) {
	b := newBroker(t)
	root := filepath.Join(t.TempDir(), "MobileApps")
	put(t, root, 1)
	authorityOver(t, b, root, writes("south", "west"))
	all := []*node{followerOf(t, b, "south"), followerOf(t, b, "west")}
	key := passestest.Key(1)
	for round := range 5 {
		var etag string
		for _, n := range all {
			n.becomes(t, "following", isComplete)
			dry, err := n.Delete(t.Context(), key, client.EditOptions{DryRun: true})
			if err != nil {
				t.Fatal(err)
			}
			etag = dry.ETag
		}
		ended := make(chan error, len(all))
		for i, n := range all {
			go func() {
				email := strings.Repeat("x", 2*round+i+1) + "@example.com"
				_, err := n.Change(t.Context(), key, api.Set{Email: &email}, client.EditOptions{ETag: etag})
				ended <- err
			}()
		}
		failed := 0
		for range all {
			if err := <-ended; isKind(err, api.KindChangedSince) {
				failed++
			} else if err != nil {
				t.Errorf("Change: %v", err)
			}
		}
		if failed != 1 {
			t.Errorf("%d of two changes found that the session was changed since", failed)
		}
	}
}

// What a follower shows after a change through it is what it shows where the same was done
// by hand to the authority's files.
func TestFollowerEditLaw(t *testing.T) {
	type place struct {
		root         string
		north, south *node
	}
	places := make([]place, 2)
	for i := range places {
		b := newBroker(t)
		root := filepath.Join(t.TempDir(), "MobileApps")
		for n := range 4 {
			put(t, root, n)
		}
		places[i] = place{root, authorityOver(t, b, root, writes("south")), followerOf(t, b, "south")}
		places[i].south.becomes(t, "following", isComplete)
	}
	through, byHand := places[0], places[1]
	pending, email, none := session.StatusPending, "Zoë@example.com", ""
	for name, step := range map[string]struct {
		n    int
		set  api.Set
		hand []string // replacements in the file; none to remove it
	}{
		"status":  {0, api.Set{Status: &pending}, []string{`"accepted"`, `"pending"`}},
		"email":   {1, api.Set{Email: &email}, []string{"anna@example.com", email}},
		"both":    {2, api.Set{Status: &pending, Email: &none}, []string{`"accepted"`, `"pending"`, "anna@example.com", ""}},
		"deleted": {3, api.Set{}, nil},
	} {
		key := passestest.Key(step.n)
		path := filepath.Join(byHand.root, key.App, key.ID)
		var err error
		if step.hand == nil {
			_, err = through.south.Delete(t.Context(), key, client.EditOptions{})
			if err == nil {
				err = os.Remove(path)
			}
		} else {
			_, err = through.south.Change(t.Context(), key, step.set, client.EditOptions{})
			if err == nil {
				passestest.Write(t, byHand.root, key, strings.NewReplacer(step.hand...).Replace(passestest.Content(step.n, "anna@example.com")))
			}
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := byHand.south.Refresh(t.Context()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(shownBy(t, byHand.south), shownBy(t, through.south)); diff != "" {
			t.Errorf("%s, by hand (-) and through a follower (+): %s", name, diff)
		}
		if diff := cmp.Diff(filesOf(t, byHand.root), filesOf(t, through.root)); diff != "" {
			t.Errorf("the files after %s, by hand (-) and through a follower (+): %s", name, diff)
		}
	}
}

// shownBy returns what a node shows of each session, but for times and numbers.
func shownBy(t *testing.T, n *node) map[session.Key]string {
	t.Helper()
	page, err := n.Sessions(t.Context(), client.Query{})
	if err != nil {
		t.Fatal(err)
	}
	shown := map[session.Key]string{}
	for _, s := range page.Sessions {
		one, err := n.Session(t.Context(), s.Session)
		if err != nil {
			t.Fatal(err)
		}
		shown[s.Session] = one.Status + " " + one.Email + " " + string(one.Content)
	}
	return shown
}

func filesOf(t *testing.T, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for n := range 4 {
		key := passestest.Key(n)
		if text := readFile(t, root, key); text != nil {
			files[key.ID] = string(text)
		}
	}
	return files
}

// readFile returns the file of a session, nil where there is none.
func readFile(t *testing.T, root string, key session.Key) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, key.App, key.ID))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	return text
}

// A request that the broker takes no message for is refused.
func TestFollowerEditTooLarge(t *testing.T) {
	b := newBroker(t, func(o *server.Options) { o.MaxPayload = 32 << 10 })
	root := filepath.Join(t.TempDir(), "MobileApps")
	put(t, root, 1)
	authorityOver(t, b, root, writes("south"))
	south := followerOf(t, b, "south")
	south.becomes(t, "following", isComplete)
	status, kind, text := south.ask(t, http.MethodPatch, "/v1/sessions/"+passestest.Key(1).String(), `{"email":"`+strings.Repeat("x", 40<<10)+`"}`)
	if kind != api.KindBodyTooLarge || status != http.StatusRequestEntityTooLarge || !strings.Contains(text, "max_payload") {
		t.Errorf("the answer is %d, %s", status, text)
	}
}
