package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sessiond/internal/session"
)

// folderTarget takes a folder as a MobileApps folder where it holds app folders,
// as a single app folder where its own name is one's and its entries fit, and
// refuses any other that is not empty: checking it would find nothing wrong. path
// is the folder as it was given. One that cannot be listed goes by its name; a pass
// over it says what is wrong.
func folderTarget(path, folder string) (target, error) {
	root, app := filepath.Dir(folder), filepath.Base(folder)
	isApp := session.IsAppFolderName(app)
	asApp := target{root: root, keys: []session.Key{{App: app}}}
	in, err := look(folder)
	listed := err == nil
	switch {
	case !listed && isApp:
		return asApp, nil
	case !listed, in.apps:
		return target{root: folder}, nil
	case isApp && (in.app || !in.other):
		return asApp, nil
	case !in.app && !in.other:
		return target{root: folder}, nil
	}
	meant := ""
	if near, ok := folderMeant(folder); ok {
		meant = fmt.Sprintf("; perhaps you meant %q", filepath.Join(path, near))
	}
	return target{}, fmt.Errorf("cannot check %q: it holds no app folder, as a MobileApps folder does (TEAM.APPLICATION, or APPLICATION with a dot in it)%s", path, meant)
}

// entries says what a folder holds, by names and kinds.
type entries struct {
	apps  bool // app folders
	app   bool // what stands in an app folder: session files, a manifest
	other bool // anything else that 4D does not put into a MobileApps folder
}

// lookStep is how many entries of a folder are listed in one step.
const lookStep = 1024

// look says what a folder holds. It stops at the first app folder.
func look(folder string) (entries, error) {
	dir, err := os.Open(folder)
	if err != nil {
		return entries{}, err
	}
	defer dir.Close()
	var found entries
	for {
		some, err := dir.ReadDir(lookStep)
		for _, e := range some {
			switch name := e.Name(); {
			case e.IsDir() && session.IsAppFolderName(name):
				return entries{apps: true}, nil
			case e.Type().IsRegular() && (session.IsSessionFileName(name) || name == "manifest.json"):
				found.app = true
			case name != "key.mobileapp" && !strings.HasPrefix(name, "."):
				found.other = true
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return found, nil
		case err != nil:
			return entries{}, err
		}
	}
}

// folderMeant returns the folder in another one that holds app folders, the one
// named MobileApps before others.
func folderMeant(folder string) (name string, ok bool) {
	dir, err := os.Open(folder)
	if err != nil {
		return "", false
	}
	defer dir.Close()
	some, _ := dir.ReadDir(lookStep) // enough for a suggestion
	var names []string
	for _, e := range some {
		if !e.IsDir() {
			continue
		}
		if in, err := look(filepath.Join(folder, e.Name())); err == nil && in.apps {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return "", false
	}
	if slices.Contains(names, "MobileApps") {
		return "MobileApps", true
	}
	return slices.Min(names), true
}
