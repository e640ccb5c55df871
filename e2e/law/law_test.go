//go:build unix

package law

import (
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// lawSeed repeats a walk that failed.
var lawSeed = flag.Uint64("law.seed", 0, "seed of the law test's walk; 0 draws one")

// lawSteps is how many states of the tree one walk goes through.
var lawSteps = flag.Int("law.steps", 60, "how many states of the tree the law test's walk goes through")

// TestLaw holds the built binary against the law of the refresh contract's section
// 6: the same sequence of states of the tree, each left at rest and looked at, gives
// the same store and the same current errors, whatever triggered the passes.
func TestLaw(t *testing.T) {
	for _, admit := range []string{"restore", "follow"} {
		t.Run(admit, func(t *testing.T) {
			t.Parallel()
			seed := *lawSeed
			if seed == 0 {
				seed = rand.Uint64()
			}
			t.Logf("seed %d: go test ./e2e/law -run 'TestLaw/%s' -law.seed=%d -law.steps=%d", seed, admit, seed, *lawSteps)
			obeyLaw(t, admit, newWalk(t, rand.New(rand.NewPCG(seed, 0))))
		})
	}
}

func obeyLaw(t *testing.T, admit string, w *walk) {
	common := []string{"--admit", admit, "--resync", "0", "--settle", "100ms"}
	with := func(args ...string) *harness.Daemon { return harness.Launch(t, w.root, append(args, common...)...) }
	three := &jury{
		watching: with("--watch", "events", "--poll", "100ms"),
		signaled: with("--watch", "off"),
		asked:    with("--watch", "off"),
	}
	three.agree(t)
	var seen harness.Picture
	for range *lawSteps {
		t.Log(w.step())
		if w.toOpen != nil {
			three.open(t, *w.toOpen)
		}
		if seen = three.agree(t); t.Failed() {
			return
		}
	}
	if !harness.Exists(w.root) {
		harness.Must(t, os.Mkdir(w.root, 0o755)) // check wants something to look at
	}
	if wrong := check(t, w.root); !cmp.Equal(seen.Errors, wrong, cmpopts.EquateEmpty()) {
		t.Errorf("check finds other errors:\n%s", cmp.Diff(seen.Errors, wrong))
	}
	if admit == "follow" { // then the tree alone decides
		fresh := with("--watch", "off")
		if got := fresh.PictureAtRest(t); !cmp.Equal(seen, got) {
			t.Errorf("a daemon that starts now sees another picture:\n%s", cmp.Diff(seen, got))
		}
	}
}

// jury are three daemons over one tree that learn of changes in different ways.
type jury struct {
	watching *harness.Daemon // only sees file changes
	signaled *harness.Daemon // only gets SIGHUP
	asked    *harness.Daemon // only is asked over the socket
}

// agree has all three look at the tree and compares what they see.
func (j *jury) agree(t *testing.T) harness.Picture {
	t.Helper()
	sent := time.Now()
	harness.Must(t, j.signaled.Signal(syscall.SIGHUP))
	ctx, cancel := context.WithTimeout(context.Background(), harness.Patience)
	defer cancel()
	_, err := j.asked.Refresh(ctx)
	harness.Must(t, err)
	asked, err := j.asked.TakePicture()
	harness.Must(t, err)

	_, err = j.signaled.Await("at rest after SIGHUP", func(s *api.Status) bool {
		return !s.Busy && s.LastPass.Trigger == session.TriggerSignal && s.LastPass.StartedAt.After(sent)
	})
	harness.Must(t, err)
	signaled, err := j.signaled.TakePicture()
	harness.Must(t, err)
	if !cmp.Equal(asked, signaled) {
		t.Errorf("the daemon that got SIGHUP differs from the one that was asked:\n%s", cmp.Diff(asked, signaled))
	}

	var watching harness.Picture
	if !harness.Eventually(func() bool {
		watching, err = j.watching.TakePicture()
		return err == nil && cmp.Equal(asked, watching)
	}) {
		t.Errorf("the daemon that watches differs from the one that was asked (%v):\n%s", err, cmp.Diff(asked, watching))
	}
	return asked
}

// open opens a session, or all for the root key, in each of them.
func (j *jury) open(t *testing.T, key session.Key) {
	t.Helper()
	asked := j.asked.TryOpen(key)
	for _, other := range []*harness.Daemon{j.watching, j.signaled} {
		if got := other.TryOpen(key); got != asked {
			t.Errorf("open %q: %q, but where it is only asked: %q", key, got, asked)
		}
	}
}

// check returns the errors that sessiond check finds.
func check(t *testing.T, root string) []session.Problem {
	t.Helper()
	cmd := exec.Command("sessiond", "check", "--output", "json", root)
	cmd.Dir = filepath.Dir(root)
	cmd.Env = []string{"SESSIOND_CONFIG=" + os.DevNull, "GORACE=" + os.Getenv("GORACE")}
	out, err := cmd.Output()
	if exit := cmd.ProcessState.ExitCode(); exit != 0 && exit != 3 {
		t.Fatalf("check ended with %d: %v", exit, err)
	}
	var found struct {
		Errors []session.Problem `json:"errors"`
	}
	harness.Must(t, json.Unmarshal(out, &found))
	return found.Errors
}
