//go:build linux

package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"sessiond/internal/cli"
)

// TestShapesAreCompliant has sessiond check judge a tree of each shape, and the
// mixed one.
func TestShapesAreCompliant(t *testing.T) {
	for _, name := range append(shapeNames(), mixed) {
		t.Run(name, func(t *testing.T) {
			made, err := generate(t.TempDir(), 1, layout{shape: name, files: 500, perFolder: 40})
			if err != nil {
				t.Fatal(err)
			}
			for i := range made.files / 2 { // as they are after an edit
				k, data := made.session(i, i+1)
				if err := os.WriteFile(made.path(k), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out strings.Builder
			if code := cli.Main([]string{"check", made.root}, cli.Process{Out: &out, Err: &out, Environ: os.Environ()}); code != 0 {
				t.Errorf("sessiond check says %d: %.500s", code, out.String())
			}
		})
	}
}

// TestShapesAreWhatTheySay looks for what makes each shape in its files.
func TestShapesAreWhatTheySay(t *testing.T) {
	for name, marks := range map[string][]string{
		"compact": {`"status":"accepted"}`}, "padded": {`="`}, "url": {"-", "_"}, "claims": {`"token":"ewog`},
		"pretty": {"{\n\t\""}, "bom-cr": {"\xef\xbb\xbf{\r\t\""}, "bom-crlf": {"\xef\xbb\xbf{\r\n\t\""},
		"escapes": {`\/`, `\u00e9`}, "extra": {`"licence":{`}, "push": {`"simulator":false,"token":"`}, "pending": {`"pending"`},
		"userinfo-0": {`"userInfo":{}`}, "userinfo-5": {`"field04"`}, "userinfo-40": {`"field39"`},
		"android": {`"version":1`, `"os":"Android"`}, "android-empty": {`"team":{"id":""}`},
	} {
		made := &tree{layout: layout{shape: name, files: 100, perFolder: 10}, seed: 1}
		all := 0
		for i := range made.files {
			_, data := made.session(i, 0)
			if !slices.ContainsFunc(marks, func(mark string) bool { return !bytes.Contains(data, []byte(mark)) }) {
				all++
			}
			if pending := name == "pending"; bytes.Contains(data, []byte(`"token":"eyJ`)) == (pending || name == "claims" || strings.HasPrefix(name, "bom") || name == "pretty") {
				t.Errorf("%s: a token where there should be none, or none: %s", name, data)
			}
		}
		if all < made.files/2 {
			t.Errorf("%s: %d of %d files have %q", name, all, made.files, marks)
		}
	}
	if got, want := len(shapeNames()), 16; got != want {
		t.Errorf("there are %d shapes, and %d are looked at", got, want)
	}
}

// TestMixedTree holds that the mixed tree has all shapes in their shares, one
// push token in ten files, and files of the size that figures are given for.
func TestMixedTree(t *testing.T) {
	shares := 0
	for _, s := range shapes() {
		shares += s.share
	}
	if shares != 100 {
		t.Fatalf("the shares come to %d", shares)
	}
	made := &tree{layout: layout{shape: mixed, files: 100_000, perFolder: folderSize}, seed: 1}
	total, pushed, pretty, android := 0, 0, 0, 0
	const sample = 10_000
	for n := range sample {
		_, data := made.session(n*made.files/sample, n)
		total += len(data)
		var file struct {
			Device struct {
				OS    string `json:"os"`
				Token string `json:"token"`
			} `json:"device"`
		}
		if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), &file); err != nil {
			t.Fatal(err)
		}
		if file.Device.Token != "" {
			pushed++
		}
		if file.Device.OS == "Android" {
			android++
		}
		if bytes.ContainsAny(data, "\r\n") {
			pretty++
		}
	}
	for _, part := range []struct {
		what       string
		got, least int
	}{{"push tokens", pushed, 10}, {"pretty-printed files", pretty, 11}, {"Android", android, 30}} {
		if got := float64(part.got) * 100 / sample; got < float64(part.least)-1 || got > float64(part.least)+1 {
			t.Errorf("%s: %.1f of a hundred, want %d", part.what, got, part.least)
		}
	}
	if mean := total / sample; mean < fileSize*98/100 || mean > fileSize*102/100 {
		t.Errorf("session files have %d bytes on average, want %d", mean, fileSize)
	}
}

// TestGenerate holds that a seed gives one tree, that one that is there is used
// again, and that a twin is another tree of the same files.
func TestGenerate(t *testing.T) {
	dir := t.TempDir()
	y := layout{shape: mixed, files: 110, perFolder: 100}
	first, err := generate(dir, 7, y)
	if err != nil {
		t.Fatal(err)
	}
	y.twin = 1
	second, err := generate(dir, 7, y)
	if err != nil {
		t.Fatal(err)
	}
	folders, err := os.ReadDir(first.root)
	if err != nil || len(folders) != 2 {
		t.Fatalf("%d folders (%v), want 2", len(folders), err)
	}
	for i := range first.files {
		k, want := first.session(i, 0)
		got, err := os.ReadFile(second.path(k))
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("file %d of the second tree has %q (%v), want %q", i, got, err, want)
		}
	}
	if err := os.WriteFile(first.path(first.key(0)), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := generate(dir, 7, first.layout)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(again.path(again.key(0))); err != nil || len(data) != 0 {
		t.Errorf("a tree that is there was made again (%v)", err)
	}
}
