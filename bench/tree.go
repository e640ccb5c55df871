//go:build linux

package main

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the contract says that ids are SHA-1
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"sessiond/internal/session"
)

const (
	folderSize = 1000 // session files in an app folder
	fileSize   = 600  // bytes of a session file, on average
)

// tree is a generated MobileApps folder: valid sessions of about 600 bytes, a
// thousand to an app folder. The same seed and size give the same bytes.
type tree struct {
	root  string
	seed  uint64
	files int
}

// folders returns how many app folders there are.
func (t *tree) folders() int { return (t.files + folderSize - 1) / folderSize }

// generate writes the tree below dir, or takes the one that an earlier run left
// there whole.
func generate(dir string, seed uint64, files int) (*tree, error) {
	name := filepath.Join(dir, fmt.Sprintf("%d-files-seed-%d", files, seed))
	t := &tree{root: filepath.Join(name, "MobileApps"), seed: seed, files: files}
	whole := filepath.Join(name, "whole")
	if _, err := os.Stat(whole); err == nil {
		return t, nil
	}
	if err := os.RemoveAll(name); err != nil {
		return nil, fmt.Errorf("cannot make place for a tree: %w", err)
	}
	for folder := range t.folders() {
		if err := os.MkdirAll(filepath.Join(t.root, t.owner(folder).folder()), 0o750); err != nil {
			return nil, fmt.Errorf("cannot make an app folder: %w", err)
		}
	}
	for i := range files {
		key, data := t.session(i)
		if err := os.WriteFile(t.path(key), data, 0o600); err != nil {
			return nil, fmt.Errorf("cannot write a session file: %w", err)
		}
	}
	return t, os.WriteFile(whole, nil, 0o600)
}

// restore writes the file of session i as it was generated.
func (t *tree) restore(i int) error {
	key, data := t.session(i)
	return os.WriteFile(t.path(key), data, 0o600)
}

func (t *tree) path(key session.Key) string {
	return filepath.Join(t.root, filepath.FromSlash(string(key)))
}

// owner is whose sessions an app folder has.
type owner struct{ team, application, name string }

func (o owner) folder() string {
	if o.team == "" {
		return o.application
	}
	return o.team + "." + o.application
}

// owner returns who owns an app folder. One of ten is an Android app, which has
// no team.
func (t *tree) owner(folder int) owner {
	names := []string{"Contacts", "Orders", "Stock", "Visits", "Tasks", "Fleet", "Meters", "Catalogue"}
	name := names[folder%len(names)]
	o := owner{application: fmt.Sprintf("com.example.n%d.%s", folder, name), name: name}
	if folder%10 != 9 {
		r := rand.New(rand.NewPCG(t.seed, uint64(folder%7))) //nolint:gosec // the same tree each time, no secret
		letters := "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		team := make([]byte, 10)
		for i := range team {
			team[i] = letters[r.IntN(len(letters))]
		}
		o.team = string(team)
	}
	return o
}

// session returns the key and the content of session i.
func (t *tree) session(i int) (session.Key, []byte) {
	return t.edited(i, 0)
}

// edited returns the content of session i after so many edits. Each gives the
// session another e-mail address of the same length.
func (t *tree) edited(i, edits int) (session.Key, []byte) {
	r := rand.New(rand.NewPCG(t.seed, uint64(i))) //nolint:gosec // the same tree each time, no secret
	o := t.owner(i / folderSize)
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	system, model := "iOS", pick("iPhone 15 Pro", "iPhone 14", "iPhone SE", "iPhone 12 mini", "iPad Air")
	if o.team == "" {
		system, model = "Android", pick("Pixel 8", "Galaxy S23", "Galaxy A54", "Fairphone 5")
	}
	random := make([]byte, 16)
	for i := range random {
		random[i] = byte(r.Uint32()) //nolint:gosec // bits, not numbers
	}
	device := fmt.Sprintf("%X-%X-%X-%X-%X", random[:4], random[4:6], random[6:8], random[8:10], random[10:])
	sum := sha1.Sum([]byte(o.team + o.application + device)) //nolint:gosec // the contract says that ids are SHA-1
	id := hex.EncodeToString(sum[:])
	claims := fmt.Sprintf(`{"appNameID":%q,"id":%q,"teamID":%q}`, o.application, id, o.team)
	language := pick("en_US", "fr_FR", "de_DE", "nl_BE", "ja_JP")

	var b bytes.Buffer
	fmt.Fprintf(&b, `{"application":{"id":%q,"name":%q,"version":%q}`, o.application, o.name, pick("1.0.0", "1.1.0", "2.0.3"))
	fmt.Fprintf(&b, `,"team":{"id":%q},"language":{"id":%q}`, o.team, language)
	fmt.Fprintf(&b, `,"email":"%s.%06d.%03d@example.com"`, pick("ada", "alan", "barbara", "donald", "edsger", "grace"), i, edits%1000)
	fmt.Fprintf(&b, `,"device":{"os":%q,"version":%q,"id":%q,"description":%q,"simulator":false`, system, pick("16.7", "17.1", "17.4.1", "18.0"), device, model)
	if r.IntN(5) < 2 { // who lets the app send notifications
		fmt.Fprintf(&b, `,"token":"%016x%016x%016x%016x"`, r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
	}
	fmt.Fprintf(&b, `},"session":{"id":%q,"ip":"203.0.113.%d"}`, id, r.IntN(256))
	status := session.StatusAccepted
	if r.IntN(50) == 0 {
		status = session.StatusPending
	}
	fmt.Fprintf(&b, `,"send":"link","token":%q,"status":%q}`, base64.StdEncoding.EncodeToString([]byte(claims)), status)
	return session.NewKey(o.folder(), id), b.Bytes()
}
