package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sessiond/internal/client"
	"sessiond/internal/session"
)

// keySource returns keys of one kind of which text is the beginning, or the
// beginning of the id: at most keysShown and one, sorted.
type keySource func(ctx context.Context, daemon *client.Client, text string) ([]session.Key, error)

// keysShown is how many keys an error names that may be meant.
const keysShown = 5

// resolveKey returns the key that a person means by text: a whole key or its
// beginning, as far as it is unique, with or without its app folder, and with the
// app's application.id or name in the folder's place. It looks among the sessions in
// memory and what other sources have.
//
// What fits nothing is an [*unknownKeyError] or, for the app's name, an
// [*unknownAppError], what fits several an [*ambiguousError].
func resolveKey(ctx context.Context, daemon *client.Client, text string, others ...keySource) (session.Key, error) {
	r := keyResolver{daemon, append([]keySource{keysInMemory}, others...)}
	return r.resolve(ctx, text)
}

type keyResolver struct {
	daemon  *client.Client
	sources []keySource
}

// resolve is [resolveKey] among the keys of the sources.
func (r *keyResolver) resolve(ctx context.Context, text string) (session.Key, error) {
	found, err := r.find(ctx, text)
	if short := strings.TrimSuffix(text, "…"); err == nil && len(found) == 0 && short != text { // as logs shorten keys
		text = short
		found, err = r.find(ctx, text)
	}
	if app, id, ok := strings.Cut(text, "/"); err == nil && ok && len(found) == 0 {
		found, err = r.findInApps(ctx, app, id)
	}
	switch {
	case err != nil:
		return session.Key{}, err
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0:
		return session.Key{}, &unknownKeyError{text, r.near(ctx, text)}
	}
	return session.Key{}, &ambiguousError{text, "session", names(found)}
}

// resolveKeys resolves all of some texts before anything is done with one. A whole key
// that none of the sources has is taken as it is given: there may be a file of it.
func resolveKeys(ctx context.Context, daemon *client.Client, texts []string, others ...keySource) ([]session.Key, error) {
	keys := make([]session.Key, len(texts))
	for i, text := range texts {
		key, err := resolveKey(ctx, daemon, text, others...)
		if whole, bad := session.ParseKey(text); errors.Is(err, client.ErrNotFound) && bad == nil {
			key, err = whole, nil
		}
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}
	return keys, nil
}

// keysInMemory is the [keySource] of the sessions in memory.
func keysInMemory(ctx context.Context, daemon *client.Client, text string) ([]session.Key, error) {
	page, err := daemon.Sessions(ctx, client.Query{Prefix: text, Limit: keysShown + 1})
	keys := make([]session.Key, len(page.Sessions))
	for i := range page.Sessions {
		keys[i] = page.Sessions[i].Session
	}
	return keys, err
}

// keysUnadmitted is the [keySource] of the valid files that are not in memory.
func keysUnadmitted(ctx context.Context, daemon *client.Client, text string) ([]session.Key, error) {
	some, err := listAllUnadmitted(ctx, daemon, client.Query{Prefix: text}, keysShown+1)
	return keysOf(some.Files), err
}

// find returns the keys that begin with a text. One that is wholly given is the only
// one, although it may be the beginning of others.
func (r *keyResolver) find(ctx context.Context, text string) ([]session.Key, error) {
	var all []session.Key
	for _, source := range r.sources {
		some, err := source(ctx, r.daemon, text)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, session.Key.Compare)
	all = slices.Compact(all)
	whole := slices.DeleteFunc(slices.Clone(all), func(k session.Key) bool { return k.String() != text && k.ID != text })
	if len(whole) > 0 {
		return whole, nil
	}
	return all, nil
}

// findInApps is find in the apps that may be called by a name other than their
// folder's. An [*unknownAppError] says that a slip was made in the name.
func (r *keyResolver) findInApps(ctx context.Context, app, id string) ([]session.Key, error) {
	apps, err := r.daemon.Apps(ctx)
	if err != nil {
		return nil, err
	}
	folders := foldersCalled(apps, app)
	if near := appsNear(apps, app); len(folders) == 0 && len(near) > 0 {
		return nil, &unknownAppError{app, near}
	}
	var all []session.Key
	for _, folder := range folders {
		some, err := r.find(ctx, folder+"/"+id)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// near returns the keys that have the longest beginning in common with a text that
// fits none, unless they are many.
func (r *keyResolver) near(ctx context.Context, text string) []string {
	const least = 4 // what two keys have in common by chance
	_, id, found := strings.Cut(text, "/")
	if !found {
		id = text
	}
	// What is found with one character less includes what is found with more.
	short, long := least, len(id)
	var best []session.Key
	for short < long {
		middle := (short + long) / 2
		some, err := r.find(ctx, text[:len(text)-len(id)+middle])
		if err != nil {
			return nil
		}
		if len(some) == 0 {
			long = middle
			continue
		}
		best, short = some, middle+1
	}
	if len(best) > keysShown {
		return nil
	}
	return names(best)
}

func names(keys []session.Key) []string {
	all := make([]string, len(keys))
	for i, key := range keys {
		all[i] = key.String()
	}
	return all
}

// unknownKeyError says that a text fits no session. It is no such session to
// whoever asks, as the daemon's own answer is.
type unknownKeyError struct {
	text string
	near []string
}

func (e *unknownKeyError) Error() string {
	return fmt.Sprintf("no session in memory has a key or an id that begins with %q%s", e.text, didYouMean(e.near))
}

func (e *unknownKeyError) Unwrap() error { return client.ErrNotFound }

// ambiguousError says that a text fits more than one session or app.
type ambiguousError struct {
	text, what string
	fits       []string
}

func (e *ambiguousError) Error() string {
	shown := e.fits[:min(len(e.fits), keysShown)]
	more := ""
	if len(e.fits) > len(shown) {
		more = " and more"
	}
	return fmt.Sprintf("%q is ambiguous, it fits more than one %s: %s%s", e.text, e.what, strings.Join(shown, ", "), more)
}

func (e *ambiguousError) Is(target error) bool { return target == errUsage }

// suggested returns what an error of [resolveKey] or [resolveApp] suggests.
func suggested(err error) []string {
	if unknown, ok := errors.AsType[*unknownKeyError](err); ok {
		return unknown.near
	}
	if unknown, ok := errors.AsType[*unknownAppError](err); ok {
		return unknown.near
	}
	return nil
}

// didYouMean is the end of an error that names what may be meant, nothing for
// nothing.
func didYouMean(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}
