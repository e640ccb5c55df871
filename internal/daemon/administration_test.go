package daemon

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/config"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/session"
)

// administered is a daemon that changes files, and a client of it.
type administered struct {
	*running
	client *client.Client
	kept   string // the folder of trash and audit
}

// administer runs a daemon over n sessions that changes files, as far as the settings let
// it.
func administer(t *testing.T, n int, change func(*config.Settings)) *administered {
	t.Helper()
	kept := t.TempDir()
	r := start(t, func(root string) {
		for i := range n {
			passestest.Write(t, root, passestest.Key(i), passestest.Content(i, "a@example.com"))
		}
	}, func(s *config.Settings) {
		s.Write, s.TrashDir, s.TrashKeep = true, filepath.Join(kept, "trash"), time.Hour
		s.AuditLog = filepath.Join(kept, "audit.jsonl")
		if change != nil {
			change(s)
		}
	})
	c := client.New(r.settings.Socket)
	t.Cleanup(c.Close)
	return &administered{r, c, kept}
}

func (r *administered) path(n int) string {
	return filepath.Join(r.root, filepath.FromSlash(passestest.Key(n).String()))
}

func (r *administered) read(t *testing.T, n int) string {
	t.Helper()
	data, err := os.ReadFile(r.path(n))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// audit returns the actions and results of the audit, the oldest first.
func (r *administered) audit(t *testing.T) []string {
	t.Helper()
	page, err := r.client.Audit(t.Context(), client.AuditQuery{})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range slices.Backward(page.Entries) {
		lines = append(lines, strings.TrimSpace(e.Action+" "+e.Result))
	}
	return lines
}

// kind returns the kind of a failure.
func kind(err error) api.Kind {
	if failed, ok := errors.AsType[*client.ProblemError](err); ok {
		return failed.Kind
	}
	return ""
}

func hinted(hints []api.Hint, code api.HintCode) bool {
	return slices.ContainsFunc(hints, func(h api.Hint) bool { return h.Code == code })
}

// A session is held, deleted and restored; the memory follows the file each time, and the
// audit has all of it.
func TestAdministration(t *testing.T) {
	r := administer(t, 2, nil)
	key, before := passestest.Key(0), r.read(t, 0)

	dry, err := r.client.Change(t.Context(), key, api.Set{Status: new(session.StatusPending)}, client.EditOptions{DryRun: true})
	if err != nil || !dry.Changed || dry.Pass != 0 || !dry.InMemory || dry.Summary.Status != session.StatusPending || r.read(t, 0) != before {
		t.Fatalf("a dry run: %+v, %v", dry, err)
	}
	held, err := r.client.Change(t.Context(), key, api.Set{Status: new(session.StatusPending)}, client.EditOptions{ETag: dry.ETag, Reason: "a test"})
	if err != nil {
		t.Fatal(err)
	}
	if !held.Changed || held.Pass == 0 || !held.InMemory || held.Summary.Revision == 0 || held.Before.Status != session.StatusAccepted ||
		held.ETag != session.DigestOf([]byte(r.read(t, 0))).String() || len(held.Hints) != 0 {
		t.Errorf("held: %+v", held)
	}
	if now, _ := r.store.View().Get(key); now.Status() != session.StatusPending {
		t.Errorf("in memory, the session is %s", now.Status())
	}
	if want := strings.Replace(before, `"accepted"`, `"pending"`, 1); r.read(t, 0) != want {
		t.Errorf("the file is %s, want %s", r.read(t, 0), want)
	}
	again, err := r.client.Change(t.Context(), key, api.Set{Status: new(session.StatusPending)}, client.EditOptions{})
	if err != nil || again.Changed || again.ETag != held.ETag {
		t.Errorf("held again: %+v, %v", again, err)
	}
	if _, err := r.client.Delete(t.Context(), key, client.EditOptions{ETag: dry.ETag}); kind(err) != api.KindChangedSince {
		t.Errorf("deleted with an old entity tag: %v", err)
	}
	passes := r.store.View().Passes()
	gone, err := r.client.Delete(t.Context(), key, client.EditOptions{ETag: held.ETag, Reason: "lost"})
	if err != nil || gone.Trash == "" || gone.InMemory || gone.ETag != "" || gone.Summary.Status != session.StatusPending {
		t.Fatalf("deleted: %+v, %v", gone, err)
	}
	if now := r.store.View().Passes(); now != passes+1 || r.store.View().Len() != 1 {
		t.Errorf("after %d passes, %d sessions are in memory; want 1 and 1", now-passes, r.store.View().Len())
	}
	page, err := r.client.Trash(t.Context(), client.TrashQuery{Email: "A@example.com"})
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != gone.Trash || page.Items[0].Session != key {
		t.Errorf("the trash has %+v, %v", page, err)
	}
	back, err := r.client.Restore(t.Context(), gone.Trash, client.EditOptions{})
	if err != nil || !back.InMemory || back.ETag != held.ETag || back.Pass == 0 || len(back.Hints) != 0 {
		t.Errorf("restored: %+v, %v", back, err)
	}
	if _, err := r.client.Restore(t.Context(), gone.Trash, client.EditOptions{}); kind(err) != api.KindNotInTrash {
		t.Errorf("restored twice: %v", err)
	}
	want := []string{
		"started", "hold intent", "hold done", "hold done", "delete refused", "delete intent", "delete done", "restore intent", "restore done",
	}
	passestest.Until(t, "the audit has all of it", func() bool { return len(r.audit(t)) >= len(want) })
	if got := r.audit(t); !sameSet(got, want) {
		t.Errorf("the audit has %q, want %q", got, want)
	}
	entries, err := r.client.Audit(t.Context(), client.AuditQuery{Action: "delete", Session: key.String()})
	if err != nil || len(entries.Entries) != 3 {
		t.Fatalf("the audit has %+v, %v", entries, err)
	}
	intended := entries.Entries[1]
	if intended.Reason != "lost" || intended.ETag != held.ETag || intended.Before == nil || intended.Before.Email != "a@example.com" || intended.Actor.Via != "socket" {
		t.Errorf("the intent is %+v", intended)
	}
	r.stop()
	text, err := os.ReadFile(r.settings.AuditLog)
	if err != nil || strings.Contains(string(text), key.ID) || strings.Contains(string(text), "eyJ") {
		t.Errorf("the audit tells a secret: %s, %v", text, err)
	}
}

// sameSet compares lines whose order the disk may change: what is observed is written when
// there is time.
func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// What is edited through the daemon and what is edited by hand give the same memory and
// the same files (administration contract, "The file stays the truth").
func TestLawWithEdits(t *testing.T) {
	edits := []struct {
		set  api.Set
		hand func(text string) string
	}{
		{api.Set{Status: new(session.StatusPending)}, func(s string) string { return strings.Replace(s, `"accepted"`, `"pending"`, 1) }},
		{api.Set{Email: new("ö\"@example.com")}, func(s string) string { return strings.Replace(s, `"a@example.com"`, `"ö\"@example.com"`, 1) }},
		{api.Set{Email: new("")}, func(s string) string { return strings.Replace(s, `"a@example.com"`, `""`, 1) }},
		{api.Set{}, func(s string) string { return s }},
	}
	asked, byHand := administer(t, len(edits)+2, nil), administer(t, len(edits)+2, nil)
	for n, e := range edits {
		if _, err := asked.client.Change(t.Context(), passestest.Key(n), e.set, client.EditOptions{}); err != nil {
			t.Fatal(err)
		}
		passestest.Write(t, byHand.root, passestest.Key(n), e.hand(byHand.read(t, n)))
		if a, b := asked.read(t, n), byHand.read(t, n); a != b {
			t.Errorf("the files differ: %s and, by hand, %s", a, b)
		}
	}
	if _, err := asked.client.Delete(t.Context(), passestest.Key(len(edits)), client.EditOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(byHand.path(len(edits))); err != nil {
		t.Fatal(err)
	}
	byHand.refresh(t)
	asked.refresh(t)
	memory := func(r *administered) (lines []string) {
		page, err := r.client.Sessions(t.Context(), client.Query{})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.Sessions {
			loaded, _ := r.store.View().Get(s.Session)
			lines = append(lines, fmt.Sprint(s.Session, s.Status, s.Email, loaded.Digest(), string(loaded.Content())))
		}
		return lines
	}
	if a, b := memory(asked), memory(byHand); !slices.Equal(a, b) {
		t.Errorf("the memories differ:\n%q\n%q", a, b)
	}
	a, b := asked.status(), byHand.status()
	if a.Sessions != b.Sessions || a.Pending != b.Pending || a.NotInMemory != b.NotInMemory || a.Rejected != b.Rejected || a.ErrorsTotal != b.ErrorsTotal {
		t.Errorf("the counts differ: %+v and %+v", a, b)
	}
}

// Files are edited and deleted that are in no session's memory.
func TestEditsOfWhatIsNotInMemory(t *testing.T) {
	r := administer(t, 1, nil)
	passestest.Write(t, r.root, passestest.Key(1), passestest.Content(1, "b@example.com"))
	passestest.Write(t, r.root, passestest.Key(2), "{")
	r.refresh(t)
	changed, err := r.client.Change(t.Context(), passestest.Key(1), api.Set{Status: new(session.StatusPending)}, client.EditOptions{})
	if err != nil || changed.InMemory || changed.Summary.Revision != 0 || !hinted(changed.Hints, api.HintNotInMemory) {
		t.Errorf("changed: %+v, %v", changed, err)
	}
	if _, err := r.client.Change(t.Context(), passestest.Key(2), api.Set{Status: new(session.StatusPending)}, client.EditOptions{}); kind(err) != api.KindRejected {
		t.Errorf("a rejected file was changed: %v", err)
	}
	rejected, err := r.client.Rejected(t.Context(), client.Query{})
	if err != nil || len(rejected.Files) != 1 || rejected.Files[0].Path != r.path(2) {
		t.Fatalf("rejected are %+v, %v", rejected, err)
	}
	gone, err := r.client.Delete(t.Context(), passestest.Key(2), client.EditOptions{ETag: rejected.Files[0].ETag})
	if err != nil || gone.Summary != nil || gone.Before != nil || gone.Trash == "" || r.status().Rejected != 0 {
		t.Errorf("deleted: %+v, %v", gone, err)
	}
	if _, err := r.client.Restore(t.Context(), gone.Trash, client.EditOptions{}); kind(err) != api.KindRejected {
		t.Errorf("a rejected file was restored: %v", err)
	}
	if _, err := r.client.Delete(t.Context(), passestest.Key(3), client.EditOptions{}); kind(err) != api.KindNoFile {
		t.Errorf("a file that is not there: %v", err)
	}
}

// A deleted session whose file somebody writes again is told of.
func TestReappears(t *testing.T) {
	r := administer(t, 2, nil)
	text := r.read(t, 0)
	deleted, err := r.client.Delete(t.Context(), passestest.Key(0), client.EditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r.refresh(t)
	if hints := r.status().Hints; len(hints) != 0 {
		t.Errorf("hints %q", hints)
	}
	passestest.Write(t, r.root, passestest.Key(0), text)
	r.refresh(t)
	passestest.Until(t, "the audit says so", func() bool { return slices.Contains(r.audit(t), "reappeared") })
	if hints := r.status().Hints; !hinted(hints, api.HintReappeared) {
		t.Errorf("hints %q", hints)
	}
	if _, err := r.client.Restore(t.Context(), deleted.Trash, client.EditOptions{}); kind(err) != api.KindFileExists {
		t.Errorf("restored over the file that is there again: %v", err)
	}
	if hints := r.status().Hints; !hinted(hints, api.HintReappeared) {
		t.Errorf("hints after a refused restoration %q", hints)
	}
}

// What cannot be recorded is not done, and the status says why.
func TestNothingIsChangedWithoutAudit(t *testing.T) {
	var blocked string
	r := administer(t, 1, func(s *config.Settings) {
		blocked = filepath.Dir(s.AuditLog)
		s.AuditLog = filepath.Join(blocked, "file", "audit.jsonl")
		if err := os.WriteFile(filepath.Join(blocked, "file"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	})
	text := r.read(t, 0)
	for name, try := range map[string]func() error{
		"change": func() error {
			_, err := r.client.Change(t.Context(), passestest.Key(0), api.Set{Email: new("x@example.com")}, client.EditOptions{})
			return err
		},
		"delete": func() error {
			_, err := r.client.Delete(t.Context(), passestest.Key(0), client.EditOptions{})
			return err
		},
	} {
		if err := try(); kind(err) != api.KindNotAudited {
			t.Errorf("%s without an audit: %v", name, err)
		}
	}
	if r.read(t, 0) != text {
		t.Error("the file was changed")
	}
	if s := r.status(); s.Write.Reason == "" || !hinted(s.Hints, api.HintAuditFails) {
		t.Errorf("the status says %+v, %q", s.Write, s.Hints)
	}
	if err := os.Remove(filepath.Join(blocked, "file")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.client.Delete(t.Context(), passestest.Key(0), client.EditOptions{}); err != nil {
		t.Errorf("once the audit can be opened: %v", err)
	}
	if s := r.status(); s.Write.Reason != "" || s.Write.Method == "" || len(s.Hints) != 0 {
		t.Errorf("the status says %+v, %q", s.Write, s.Hints)
	}
}

func TestPurge(t *testing.T) {
	r := administer(t, 3, nil)
	for n := range 3 {
		if _, err := r.client.Delete(t.Context(), passestest.Key(n), client.EditOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	dry, err := r.client.Purge(t.Context(), client.PurgeQuery{Email: "a@EXAMPLE.com", DryRun: true})
	if err != nil || dry.Purged != 3 {
		t.Fatalf("a dry run: %+v, %v", dry, err)
	}
	one, err := r.client.Purge(t.Context(), client.PurgeQuery{Session: passestest.Key(1)})
	if err != nil || one.Purged != 1 || one.Items[0].Session != passestest.Key(1) {
		t.Errorf("by key: %+v, %v", one, err)
	}
	page, err := r.client.Trash(t.Context(), client.TrashQuery{})
	if err != nil || len(page.Items) != 2 {
		t.Fatalf("the trash has %+v, %v", page, err)
	}
	if item, err := r.client.PurgeItem(t.Context(), page.Items[0].ID, "asked for"); err != nil || item.Purged != 1 {
		t.Errorf("by id: %+v, %v", item, err)
	}
	if _, err := r.client.PurgeItem(t.Context(), page.Items[0].ID, ""); kind(err) != api.KindNotInTrash {
		t.Errorf("by id, twice: %v", err)
	}
	if rest, err := r.client.Purge(t.Context(), client.PurgeQuery{Email: "a@example.com"}); err != nil || rest.Purged != 1 {
		t.Errorf("by address: %+v, %v", rest, err)
	}
	lines, err := r.client.Audit(t.Context(), client.AuditQuery{Action: "purge"})
	if err != nil || len(lines.Entries) != 6 {
		t.Fatalf("the audit has %+v, %v", lines, err)
	}
	for _, e := range lines.Entries {
		if e.Before != nil || e.After != nil {
			t.Errorf("the audit has the address: %+v", e)
		}
	}
}

// Without the trash, what is deleted is gone, and that is said before.
func TestTrashOff(t *testing.T) {
	r := administer(t, 1, func(s *config.Settings) { s.TrashKeep = 0 })
	dry, err := r.client.Delete(t.Context(), passestest.Key(0), client.EditOptions{DryRun: true})
	if err != nil || len(dry.Hints) != 1 || !hinted(dry.Hints, api.HintTrashOff) {
		t.Errorf("a dry run: %+v, %v", dry, err)
	}
	if gone, err := r.client.Delete(t.Context(), passestest.Key(0), client.EditOptions{}); err != nil || gone.Trash != "" {
		t.Errorf("deleted: %+v, %v", gone, err)
	}
	if _, err := r.client.Trash(t.Context(), client.TrashQuery{}); kind(err) != api.KindNoTrash {
		t.Errorf("the trash: %v", err)
	}
	if _, err := os.Stat(r.settings.TrashDir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder of the trash was made: %v", err)
	}
}

// With writing off nothing is changed, and what others change is recorded all the same.
func TestAuditWithoutWriting(t *testing.T) {
	r := administer(t, 1, func(s *config.Settings) { s.Write = false })
	if _, err := r.client.Delete(t.Context(), passestest.Key(0), client.EditOptions{}); kind(err) != api.KindWritingOff {
		t.Errorf("deleted: %v", err)
	}
	passestest.Write(t, r.root, passestest.Key(0), passestest.Content(0, "b@example.com"))
	r.refresh(t)
	passestest.Until(t, "the audit has all of it", func() bool { return len(r.audit(t)) >= 3 })
	if got, want := r.audit(t), []string{"started", "delete refused", "updated"}; !sameSet(got, want) {
		t.Errorf("the audit has %q, want %q", got, want)
	}
	if _, err := os.Stat(r.settings.TrashDir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder of the trash was made: %v", err)
	}
}
