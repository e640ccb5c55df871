package refresh_test

import (
	"fmt"
	"syscall"
	"testing"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// A folder that turns out to be unreadable half-way stands for all its files, also
// for those that were looked at before: nothing is said of them that no longer
// holds, and no answer waits for them.
func TestFolderThatFailsHalfway(t *testing.T) {
	var files []string
	for i := range 400 {
		files = append(files, fmt.Sprintf("a.b/%03d", i), "valid")
	}
	for name, c := range map[string]call{"listing": listFolder, "search": statFile} {
		t.Run(name, func(t *testing.T) {
			r := started(t, append(files, "a.b/001", "wrong")...)
			r.rest()
			r.clock.pass(rested)
			r.full()
			if len(r.current()) != 1 {
				t.Fatalf("current errors: %v", r.current())
			}

			r.tree.write("a.b/000", "wrong")
			r.tree.write("a.b/001", "still wrong")
			r.tree.write("a.b/002", "valid, edited")
			listings := 0
			r.tree.faults.of = func(now call, path string) error {
				switch {
				case now == readFile && (path == "a.b/001" || path == "a.b/002"):
					return session.ErrIO
				case now == listFolder && c == listFolder:
					if listings++; listings > 2 {
						return session.ErrIO
					}
				case now == statFile && c == statFile && path >= "a.b/200":
					return mobileapps.FolderError{Err: syscall.EACCES}
				}
				return nil
			}
			answer := refresh.NewAnswer(r.pass(refresh.Request{Trigger: session.TriggerSocket, Full: true}))
			r.unsettledAre(keys{keyOf("a.b/"): session.ReasonUnreadable})
			if answer.Waiting() {
				t.Errorf("the answer waits: %+v", answer.Report().Unsettled)
			}

			r.tree.faults.of = nil
			r.retry()
			r.unsettledAre(keys{keyOf("a.b/000"): session.ReasonInMotion, keyOf("a.b/001"): session.ReasonInMotion})
			r.rest()
			if got := r.contents()[keyOf("a.b/002")]; got != "valid, edited" {
				t.Errorf("the content is %q", got)
			}
		})
	}
}

// A folder that fails while its files are read, at whichever of them, keeps all
// sessions; what was edited is found once it can be read again.
func TestFolderThatFailsWhileItIsRead(t *testing.T) {
	var files, edited []string
	for i := range 400 {
		files = append(files, fmt.Sprintf("a.b/%03d", i), "valid")
		edited = append(edited, fmt.Sprintf("a.b/%03d", i))
	}
	for _, at := range []int{0, 1, 63, 64, 65, 100, 127, 128, 300, 399} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			r := started(t, files...)
			for _, path := range edited {
				r.tree.write(path, "valid, edited")
			}
			r.tree.faults.of = func(now call, path string) error {
				if now == readFile && path == edited[at] {
					return mobileapps.FolderError{Err: syscall.EACCES}
				}
				return nil
			}
			r.full()
			r.unsettledAre(keys{keyOf("a.b/"): session.ReasonUnreadable})
			if n := len(r.contents()); n != len(edited) {
				t.Errorf("%d sessions are left of %d", n, len(edited))
			}

			r.tree.faults.of = nil
			r.retry()
			r.unsettledAre(keys{})
			for path, content := range r.contents() {
				if content != "valid, edited" {
					t.Errorf("%s is %q", path, content)
				}
			}
		})
	}
}

// What was in motion before is covered as well, and an answer that waits for it
// is told.
func TestAnswerWhoseFolderFailsHalfway(t *testing.T) {
	var files []string
	for i := range 400 {
		files = append(files, fmt.Sprintf("a.b/%03d", i), "valid")
	}
	r := started(t, files...)
	r.tree.write("a.b/000", "wrong")
	answer := refresh.NewAnswer(r.pass(refresh.Request{Trigger: session.TriggerSocket, Full: true}))
	listings := 0
	r.tree.faults.of = func(now call, path string) error {
		switch now {
		case readFile:
			return session.ErrIO
		case listFolder:
			if listings++; listings > 2 {
				return session.ErrIO
			}
		}
		return nil
	}
	r.clock.pass(settle)
	answer.Add(r.pass(refresh.Request{Trigger: session.TriggerResync, Full: true}))
	if answer.Waiting() {
		t.Error("the answer waits")
	}
	checkReport(t, answer.Report(), func(key session.Key) bool { return r.tree.isFile(key.String()) })
}
