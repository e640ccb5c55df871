//go:build linux

package main

import (
	"bytes"
	"os"
	"testing"

	"sessiond/internal/validate"
)

// TestTree holds the generated sessions against the daemon's own judge, and that
// they are as large as the figures say.
func TestTree(t *testing.T) {
	judge, err := validate.New()
	if err != nil {
		t.Fatal(err)
	}
	made := &tree{seed: 1, files: 100_000}
	total := 0
	const sample = 2_000
	for n := range sample {
		i := n * made.files / sample
		for edits := range 2 {
			key, data := made.edited(i, edits)
			if _, problem := judge.Judge(key.Place(), data); problem != nil {
				t.Fatalf("session %d after %d edits is rejected: %v", i, edits, problem)
			}
			total += len(data)
		}
	}
	if mean := total / sample / 2; mean < fileSize*99/100 || mean > fileSize*101/100 {
		t.Errorf("session files have %d bytes on average, want %d", mean, fileSize)
	}
}

// TestGenerate holds that a seed gives one tree, and that one that is there is
// used again.
func TestGenerate(t *testing.T) {
	dir := t.TempDir()
	first, err := generate(dir, 7, folderSize+10)
	if err != nil {
		t.Fatal(err)
	}
	second, err := generate(t.TempDir(), 7, folderSize+10)
	if err != nil {
		t.Fatal(err)
	}
	folders, err := os.ReadDir(first.root)
	if err != nil || len(folders) != 2 {
		t.Fatalf("%d folders (%v), want 2", len(folders), err)
	}
	for i := range first.files {
		key, want := first.session(i)
		got, err := os.ReadFile(second.path(key))
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("file %d of the second tree has %q (%v), want %q", i, got, err, want)
		}
	}

	key, _ := first.session(0)
	if err := os.WriteFile(first.path(key), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := generate(dir, 7, folderSize+10)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(again.path(key)); err != nil || len(data) != 0 {
		t.Errorf("a tree that is there was made again (%v)", err)
	}
}
