package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// resolveDeleted returns the files in the trash that a person means by texts, each the
// beginning of an id or of its last part, as far as it is unique. All are resolved before
// anything is done with one.
func resolveDeleted(ctx context.Context, daemon *client.Client, texts []string) ([]api.TrashItem, error) {
	all, err := listTrash(ctx, daemon, client.TrashQuery{}, 0)
	if err != nil {
		return nil, err
	}
	var found []api.TrashItem
	for _, text := range texts {
		item, err := resolveItem(all.Items, text)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(found, func(have api.TrashItem) bool { return have.ID == item.ID }) {
			found = append(found, item)
		}
	}
	return found, nil
}

func resolveItem(items []api.TrashItem, text string) (api.TrashItem, error) {
	var fits []api.TrashItem
	for i := range items {
		switch {
		case items[i].ID == text:
			return items[i], nil
		case strings.HasPrefix(items[i].ID, text), strings.HasPrefix(shortItem(items[i].ID), text):
			fits = append(fits, items[i])
		}
	}
	switch len(fits) {
	case 0:
		return api.TrashItem{}, fmt.Errorf("%w in the trash: no id begins with %q", client.ErrNotFound, text)
	case 1:
		return fits[0], nil
	}
	ids := make([]string, len(fits))
	for i := range fits {
		ids[i] = fits[i].ID
	}
	return api.TrashItem{}, &ambiguousError{text, "deleted file", ids}
}

// shortItem is the last part of the id of a deleted file, which is random: what comes
// before it is the time.
func shortItem(id string) string { return id[strings.LastIndexByte(id, '-')+1:] }

// keysInTrash is the [keySource] of the deleted sessions: none where there is no trash.
func keysInTrash(ctx context.Context, daemon *client.Client, text string) ([]session.Key, error) {
	found, err := listTrash(ctx, daemon, client.TrashQuery{Prefix: text}, 0)
	if answer, ok := errors.AsType[*client.ProblemError](err); ok && answer.Kind == api.KindNoTrash {
		return nil, nil
	}
	keys := make([]session.Key, len(found.Items))
	for i := range found.Items {
		keys[i] = found.Items[i].Session
	}
	return unique(keys), err
}

// findDeleted returns the key of a deleted session that a person means by text. A whole
// key is taken as it is given.
func findDeleted(ctx context.Context, daemon *client.Client, text string) (session.Key, error) {
	r := keyResolver{daemon, []keySource{keysInTrash}}
	key, err := r.resolve(ctx, text)
	if !errors.Is(err, client.ErrNotFound) {
		return key, err
	}
	if whole, bad := session.ParseKey(text); bad == nil {
		return whole, nil
	}
	if _, refused := errors.AsType[*client.ProblemError](err); refused {
		return session.Key{}, err
	}
	return session.Key{}, fmt.Errorf("%w in the trash: no key and no id begins with %q", client.ErrNotFound, text)
}
