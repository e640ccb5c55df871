//go:build linux

package main

import (
	"crypto/sha1" //nolint:gosec // the contract says that ids are SHA-1
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
)

const (
	folderSize = 1000 // session files in an app folder, unless a row says otherwise
	fileSize   = 600  // bytes of a session file of the mixed tree, on average
)

// layout says what a tree is made of. Equal layouts and seeds give equal bytes.
type layout struct {
	shape     string // the name of a shape, or mixed
	files     int
	perFolder int
	// twin tells trees apart that are otherwise the same, so that the edits made
	// for one daemon are not seen by another.
	twin int
}

func (y layout) String() string {
	return fmt.Sprintf("%s-%d-by-%d-%d", y.shape, y.files, y.perFolder, y.twin)
}

// tree is a generated MobileApps folder: compliant session files only.
type tree struct {
	layout
	root string
	seed uint64
}

// key names a session.
type key struct{ app, id string }

func (k key) String() string { return k.app + "/" + k.id }

func (t *tree) path(k key) string { return filepath.Join(t.root, k.app, k.id) }

// folders returns how many app folders there are.
func (t *tree) folders() int { return (t.files + t.perFolder - 1) / t.perFolder }

// generate writes the tree below dir, or takes the one that an earlier run left
// there whole.
func generate(dir string, seed uint64, y layout) (*tree, error) {
	name := filepath.Join(dir, fmt.Sprintf("%s-seed-%d", y, seed))
	t := &tree{layout: y, root: filepath.Join(name, "MobileApps"), seed: seed}
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
	for i := range t.files {
		k, data := t.session(i, 0)
		if err := os.WriteFile(t.path(k), data, 0o600); err != nil {
			return nil, fmt.Errorf("cannot write a session file: %w", err)
		}
	}
	return t, os.WriteFile(whole, nil, 0o600)
}

// owner is whose sessions an app folder has.
type owner struct {
	team, application, name string
	platform                platform
}

func (o owner) folder() string {
	if o.team == "" {
		return o.application
	}
	return o.team + "." + o.application
}

// owner returns who owns an app folder.
func (t *tree) owner(folder int) owner {
	names := []string{"Contacts", "Orders", "Stock", "Visits", "Tasks", "Fleet", "Meters", "Catalogue"}
	name := names[folder%len(names)]
	o := owner{application: fmt.Sprintf("com.example.n%d.%s", folder, name), name: name, platform: t.platform(folder)}
	if o.platform == iOS {
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

// person is what a session file is about.
type person struct {
	owner
	id, device, email string
	random            *rand.Rand // for all else; the same each time
}

// person returns who has session i after so many edits: each edit gives another
// e-mail address of the same length.
func (t *tree) person(i, edits int) person {
	p := person{owner: t.owner(i / t.perFolder), random: rand.New(rand.NewPCG(t.seed, uint64(i)))} //nolint:gosec // the same tree each time, no secret
	bits := make([]byte, 16)
	for i := range bits {
		bits[i] = byte(p.random.Uint32()) //nolint:gosec // bits, not numbers
	}
	p.device = fmt.Sprintf("%X-%X-%X-%X-%X", bits[:4], bits[4:6], bits[6:8], bits[8:10], bits[10:])
	sum := sha1.Sum([]byte(p.team + p.application + p.device)) //nolint:gosec // the contract says that ids are SHA-1
	p.id = hex.EncodeToString(sum[:])
	p.email = fmt.Sprintf("%s.%06d.%06d@example.com", p.pick("ada", "alan", "barbara", "donald", "edsger", "grace"), i, edits%1_000_000)
	return p
}

func (p person) pick(of ...string) string { return of[p.random.IntN(len(of))] }

// key returns the key of session i.
func (t *tree) key(i int) key {
	p := t.person(i, 0)
	return key{p.folder(), p.id}
}

// session returns the key and the content of session i after so many edits.
func (t *tree) session(i, edits int) (key, []byte) {
	p := t.person(i, edits)
	return key{p.folder(), p.id}, t.shapeOf(p).content(p)
}
