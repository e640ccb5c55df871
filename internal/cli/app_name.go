package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sessiond/internal/api"
	"sessiond/internal/client"
)

// resolveApp returns the app folder that a person means by text: its name, the
// application.id or the name of its app, or the beginning of one of them.
//
// What fits nothing is an [*unknownAppError], what fits several an [*ambiguousError].
func resolveApp(ctx context.Context, daemon *client.Client, text string) (folder string, err error) {
	apps, err := daemon.Apps(ctx)
	if err != nil {
		return "", err
	}
	folders := foldersCalled(apps, text)
	switch len(folders) {
	case 0:
		return "", &unknownAppError{text, appsNear(apps, text)}
	case 1:
		return folders[0], nil
	}
	return "", &ambiguousError{text, "app", folders}
}

// foldersCalled returns the folders that a text fits, by the closest fit there is:
// the folder's name, the application.id, the name in any letter case, the beginning
// of one of them.
func foldersCalled(apps []api.App, text string) []string {
	lower := strings.ToLower(text)
	for _, fits := range []func(*api.App) bool{
		func(a *api.App) bool { return a.App == text },
		func(a *api.App) bool { return a.Application == text },
		func(a *api.App) bool { return strings.EqualFold(a.Name, text) },
		func(a *api.App) bool {
			return slices.ContainsFunc(namesOf(a), func(name string) bool { return strings.HasPrefix(strings.ToLower(name), lower) })
		},
	} {
		var folders []string
		for i := range apps {
			if fits(&apps[i]) {
				folders = append(folders, apps[i].App)
			}
		}
		if len(folders) > 0 {
			return folders
		}
	}
	return nil
}

// namesOf returns what an app may be called by.
func namesOf(a *api.App) []string { return []string{a.App, a.Application, a.Name} }

// appsNear returns the folders of apps that have a name which differs from a text by
// few characters, or holds it.
func appsNear(apps []api.App, text string) []string {
	lower := strings.ToLower(text)
	var near []string
	for i := range apps {
		if slices.ContainsFunc(namesOf(&apps[i]), func(name string) bool { return isNear(strings.ToLower(name), lower) }) {
			near = append(near, apps[i].App)
		}
	}
	return near[:min(len(near), keysShown)]
}

// isNear reports whether a name is a text with a slip: one or two characters of few,
// a fifth of many.
func isNear(name, text string) bool {
	const shortest = 3
	if name == "" || len(text) < shortest {
		return false
	}
	return strings.Contains(name, text) || distance([]rune(name), []rune(text)) <= max(2, len(text)/5)
}

// distance is how many characters must be put in, left out or exchanged to make one
// text of the other.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for i := range row {
		row[i] = i
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			change := diagonal
			if x != y {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// unknownAppError says that a text fits no app.
type unknownAppError struct {
	text string
	near []string
}

func (e *unknownAppError) Error() string {
	return fmt.Sprintf("no app is called %q%s", e.text, didYouMean(e.near))
}

func (e *unknownAppError) Unwrap() error { return client.ErrNotFound }
