//go:build soak && unix

package soak

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-json-experiment/json"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

// expected is the refresh contract about a tree at rest, as plainly as it can be
// said: what must be in memory, and what the current errors are. With --admit
// restore that depends on what was in memory before (was); how it may have come
// and gone is for [memory] to say.
func expected(tree map[session.Key][]byte, follow bool, was map[session.Key]bool) harness.Picture {
	p := harness.Picture{Sessions: make(map[session.Key]string)}
	for key, data := range tree {
		switch code := verdict(key, data); {
		case code != 0:
			p.Errors = append(p.Errors, *session.NewProblem(key, code, ""))
		case follow || was[key]:
			p.Sessions[key] = withoutSecrets(data)
		default:
			p.NotInMemory++
		}
	}
	slices.SortFunc(p.Errors, func(a, b session.Problem) int { return a.Session.Compare(b.Session) })
	return p
}

// verdict is the table of the contract's section 2: 0 for a compliant file.
func verdict(key session.Key, data []byte) session.Code {
	type ids struct {
		App  string `json:"appNameID"`
		ID   string `json:"id"`
		Team string `json:"teamID"`
	}
	var f struct {
		Application struct{ ID string }
		Session     struct{ ID string }
		Team        struct{ ID string }
		Status      string
		Token       string
	}
	var claims ids
	if json.Unmarshal(session.TrimBOM(data), &f, json.MatchCaseInsensitiveNames(true)) != nil {
		return session.CodeSyntax
	}
	if f.Status != session.StatusAccepted && f.Status != session.StatusPending || f.Session.ID == "" || f.Application.ID == "" {
		return session.CodeSchema
	}
	app := f.Application.ID
	if f.Team.ID != "" {
		app = f.Team.ID + "." + app
	}
	if key != (session.Key{App: app, ID: f.Session.ID}) {
		return session.CodeLocation
	}
	text, err := base64.StdEncoding.DecodeString(f.Token)
	if err != nil || json.Unmarshal(text, &claims) != nil || claims != (ids{f.Application.ID, f.Session.ID, f.Team.ID}) {
		return session.CodeToken
	}
	return 0
}

// withoutSecrets returns the content of a file as the socket shows it, in the
// form of [canonical].
func withoutSecrets(data []byte) string {
	var all map[string]any
	if err := json.Unmarshal(session.TrimBOM(data), &all); err != nil {
		return err.Error()
	}
	delete(all, "token")
	if device, ok := all["device"].(map[string]any); ok {
		delete(device, "token")
	}
	return canonical(all)
}

// canonical returns a value as JSON in the one form in which it can be compared.
func canonical(value any) string {
	text, err := json.Marshal(value, json.Deterministic(true))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// readTree returns the session files in the tree, by the naming rules.
func readTree(root string) (map[session.Key][]byte, error) {
	tree := make(map[session.Key][]byte)
	apps, err := os.ReadDir(root)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	for _, app := range apps {
		if !app.IsDir() || !session.IsAppFolderName(app.Name()) {
			continue
		}
		files, err := os.ReadDir(filepath.Join(root, app.Name()))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if !file.Type().IsRegular() || !session.IsSessionFileName(file.Name()) {
				continue
			}
			data, err := os.ReadFile(filepath.Join(root, app.Name(), file.Name()))
			if err != nil {
				return nil, err
			}
			tree[session.Key{App: app.Name(), ID: file.Name()}] = data
		}
	}
	return tree, nil
}
