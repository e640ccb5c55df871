package seen

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
)

// opened are times that are kept at a path.
func opened(path string) *Times {
	times := New()
	times.Open(path)
	return times
}

func save(t *testing.T, times *Times) {
	t.Helper()
	times.save(func(err error) { t.Error(err) })
}

// What was seen is known after a restart, and since when.
func TestRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "seen")
	synctest.Test(t, func(t *testing.T) {
		times := opened(path)
		since := times.Since()
		for k := range keys(1000) {
			time.Sleep(time.Minute)
			times.Note(k, time.Now())
		}
		save(t, times)
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != fileMode {
			t.Errorf("the file is %v (%v)", info.Mode(), err)
		}
		time.Sleep(maxGap)
		again := opened(path)
		for k := range keys(1001) {
			if got, want := again.At(k), times.At(k); !got.Equal(want) {
				t.Fatalf("%s was seen at %v, want %v", k, got, want)
			}
		}
		if !again.Since().Equal(since) || again.Problems() != nil {
			t.Errorf("times are collected since %v, want %v; wrong is %q", again.Since(), since, again.Problems())
		}
		if names, err := os.ReadDir(filepath.Dir(path)); err != nil || len(names) != 1 {
			t.Errorf("there are %v (%v)", names, err)
		}
		// Longer away, who was not seen may have been there; who was, was.
		time.Sleep(time.Second)
		late := opened(path)
		if !late.Since().Equal(time.Now()) || late.At(key(7)).IsZero() {
			t.Errorf("times are collected since %v, want %v; %v", late.Since(), time.Now(), late.At(key(7)))
		}
	})
}

// write writes a file as the daemon does, of one session.
func write(t *testing.T, path string, version int, since, at time.Time, e entry) []byte {
	t.Helper()
	times := binary.BigEndian.AppendUint64(nil, hashOf(key(0)))
	times = binary.BigEndian.AppendUint32(times, e.seen)
	times = binary.BigEndian.AppendUint32(times, e.there)
	digest := session.DigestOf(times)
	data := fmt.Appendf(nil, `{"format":"sessiond-seen","version":%d,"since":%q,"saved":%q,"digest":%q}`+"\n",
		version, since.Format(time.RFC3339), at.Format(time.RFC3339), hex.EncodeToString(digest[:]))
	data = append(data, times...)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return data
}

// Times in the future are now.
func TestFuture(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seen")
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC()
		later := now.Add(100 * day)
		write(t, path, 1, later, later, entry{minuteOf(later), minuteOf(later)})
		times := opened(path)
		if at := times.At(key(0)); !at.Equal(now.Truncate(time.Minute)) || !times.Since().Equal(now) {
			t.Errorf("it was seen at %v, collected since %v, want %v", at, times.Since(), now)
		}
		// When that time has come, it is not then that the session was seen.
		time.Sleep(200 * day)
		if at := times.At(key(0)); !at.Equal(now.Truncate(time.Minute)) {
			t.Errorf("it was seen at %v, want %v", at, now)
		}
	})
}

// A file that cannot be read is set aside, whatever is wrong with it, and times are
// collected again.
func TestUnreadable(t *testing.T) {
	now := time.Now()
	good := entry{minuteOf(now), minuteOf(now)}
	for name, test := range map[string]struct {
		file func(t *testing.T, path string) []byte
		says string
	}{
		"newer":   {func(t *testing.T, path string) []byte { t.Helper(); return write(t, path, 2, now, now, good) }, "a newer version of sessiond wrote it (format 2)"},
		"empty":   {func(t *testing.T, path string) []byte { t.Helper(); return replaced(t, path, nil) }, "no file of last seen times"},
		"another": {func(t *testing.T, path string) []byte { t.Helper(); return replaced(t, path, []byte("{}\n")) }, "no file of last seen times"},
		"newer and altogether different": {func(t *testing.T, path string) []byte {
			t.Helper()
			return replaced(t, path, []byte(`{"format":"sessiond-seen","version":3,"since":[]}`))
		}, "(format 3)"},
		"cut off": {func(t *testing.T, path string) []byte {
			t.Helper()
			whole := write(t, path, 1, now, now, good)
			return replaced(t, path, whole[:len(whole)-1])
		}, "another digest"},
		"a flipped bit": {func(t *testing.T, path string) []byte {
			t.Helper()
			whole := write(t, path, 1, now, now, good)
			whole[len(whole)-1] ^= 1
			return replaced(t, path, whole)
		}, "another digest"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "seen")
			content := test.file(t, path)
			times := opened(path)
			if says := strings.Join(times.Problems(), "\n"); !strings.Contains(says, test.says) || !strings.Contains(says, "set aside") {
				t.Errorf("it says %q, want %q", says, test.says)
			}
			if !times.At(key(0)).IsZero() || times.Since().Before(now) {
				t.Errorf("a session was seen at %v, times are collected since %v", times.At(key(0)), times.Since())
			}
			times.Note(key(1), now)
			save(t, times)
			aside, err := filepath.Glob(path + ".*")
			if err != nil || len(aside) != 1 {
				t.Fatalf("set aside are %q (%v)", aside, err)
			}
			if kept, err := os.ReadFile(aside[0]); err != nil || !bytes.Equal(kept, content) {
				t.Errorf("what was set aside is %q (%v), want %q", kept, err, content)
			}
			if got := opened(path); got.At(key(1)).IsZero() || got.Problems() != nil {
				t.Errorf("afterwards, nothing is kept: %q", got.Problems())
			}
		})
	}
}

func replaced(t *testing.T, path string, data []byte) []byte {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return data
}

// What cannot even be set aside is not written over.
func TestNotSetAside(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	replaced(t, file, []byte("x"))
	times := opened(filepath.Join(file, "seen"))
	if says := times.Problems(); len(says) != 1 || !strings.Contains(says[0], "no other is written") || times.Path() != "" {
		t.Errorf("it says %q, and keeps times at %q", says, times.Path())
	}
	times.Note(key(0), time.Now())
	save(t, times)
	if times.At(key(0)).IsZero() {
		t.Error("nothing is collected")
	}
}

// That the file cannot be written is told once, and no longer once it can.
func TestCannotSave(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "folder", "seen")
	times := opened(path)
	replaced(t, filepath.Dir(path), nil) // a file, where a folder must be
	var told []error
	for range 2 {
		times.save(func(err error) { told = append(told, err) })
	}
	if len(told) != 1 || !slices.Equal(times.Problems(), []string{told[0].Error()}) {
		t.Errorf("told is %v, wrong %q", told, times.Problems())
	}
	if err := os.Remove(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	if save(t, times); times.Problems() != nil {
		t.Errorf("wrong is %q", times.Problems())
	}
}

// The file is written every five minutes and at the end; ages are counted after the load.
func TestRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seen")
	synctest.Test(t, func(t *testing.T) {
		times := opened(path)
		ready := make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			times.Run(ctx, Sessions{Keys: func() iter.Seq[session.Key] { return keys(3) }, Complete: func() bool { return true }, Ready: ready}, func(err error) { t.Error(err) })
		}()
		times.Note(key(0), time.Now())
		time.Sleep(2 * time.Minute)
		if _, err := os.Stat(path); err == nil {
			t.Error("the file was written at once")
		}
		close(ready)
		synctest.Wait()
		if got := times.Ages(); got.Seen != 1 || got.Never != 2 || got.Within[0] != 1 {
			t.Errorf("after the load, ages are %+v", got)
		}
		time.Sleep(3*time.Minute + time.Second)
		synctest.Wait()
		if opened(path).At(key(0)).IsZero() {
			t.Error("after five minutes nothing is kept")
		}
		times.Note(key(1), time.Now())
		cancel()
		<-ended
		if opened(path).At(key(1)).IsZero() {
			t.Error("at the end it is not kept what came last")
		}
	})
}

// A session that is not in memory is forgotten after a day, unless it may have to be loaded
// yet, or the daemon was away.
func TestForget(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seen")
	synctest.Test(t, func(t *testing.T) {
		kept := func(times *Times) (all []int) {
			for i, k := range slices.Collect(keys(3)) {
				if !times.At(k).IsZero() {
					all = append(all, i)
				}
			}
			return all
		}
		check := func(times *Times, want ...int) {
			t.Helper()
			if diff := cmp.Diff(want, kept(times)); diff != "" {
				t.Errorf("kept are (-want +got):\n%s", diff)
			}
		}
		times := opened(path)
		for k := range keys(3) {
			times.Note(k, time.Now())
		}
		time.Sleep(20 * time.Hour)
		times.count(keys(1), true)
		save(t, times)
		time.Sleep(40 * time.Hour) // away, but for the last seconds
		times = opened(path)
		times.count(keys(0), true)
		check(times, 0, 1, 2)
		time.Sleep(5 * time.Hour)
		times.count(keys(0), false)
		check(times, 0, 1, 2)
		times.count(keys(0), true)
		check(times, 0)
		time.Sleep(20 * time.Hour)
		times.count(keys(1), true)
		check(times, 0)
	})
}

// Ages are in all classes whose bound they are below.
func TestAges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		times := opened("")
		for _, n := range []int{0, 1} {
			times.Note(key(n), time.Now())
			time.Sleep(25 * time.Hour)
		}
		times.Note(key(2), time.Now())
		if got := times.Ages(); len(got.Within) != len(AgeBounds()) || got.Seen != 0 {
			t.Errorf("before they are counted, ages are %+v", got)
		}
		times.count(keys(4), true)
		want := Ages{Within: []int{1, 1, 3, 3, 3, 3, 3, 3}, Seen: 3, Never: 1, Sum: 75 * time.Hour}
		if diff := cmp.Diff(want, times.Ages()); diff != "" {
			t.Errorf("ages are (-want +got):\n%s", diff)
		}
	})
}
