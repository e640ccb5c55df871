package control

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sessiond/internal/api"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// Bounds of a page.
const (
	defaultLimit = 100
	maxLimit     = 1000
)

// parseQuery reads the query of a request. Each parameter may be given once, and
// only those that the route takes. A parameter that nobody reads is refused, and
// so is an empty one, because a listing without the filter that was meant is worse
// than none.
func parseQuery(raw string, takes []string) (url.Values, error) {
	if raw == "" {
		return nil, nil
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return nil, badQuery("cannot read the query: %v", err)
	}
	names := slices.Sorted(maps.Keys(query))
	unknown := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(takes, name) })
	if len(unknown) > 0 {
		for i, name := range unknown {
			unknown[i] = strconv.Quote(name)
		}
		return nil, badQuery("unknown parameter %s; %s", strings.Join(unknown, ", "), allowed(takes))
	}
	for _, name := range names {
		switch values := query[name]; {
		case len(values) > 1:
			return nil, badQuery("the parameter %q is given more than once", name)
		case values[0] == "":
			return nil, badQuery("the parameter %q is empty; leave it out where nothing is to be excluded", name)
		}
	}
	return query, nil
}

func allowed(takes []string) string {
	if len(takes) == 0 {
		return "this route takes none"
	}
	return "this route takes " + strings.Join(takes, ", ")
}

func badQuery(format string, args ...any) *problem {
	return newProblem(api.KindInvalidParameter, format, args...)
}

// parseFilter reads which sessions are meant.
func parseFilter(query url.Values) (filter session.Filter, err error) {
	for _, name := range session.FilterNames() {
		if !query.Has(name) {
			continue
		}
		if err := filter.Set(name, query.Get(name)); err != nil {
			return session.Filter{}, badQuery("%v", err)
		}
	}
	return filter, nil
}

// parseFileFilter reads which files GET /v1/not-in-memory or /v1/rejected is to list.
func parseFileFilter(query url.Values, current session.Epoch) (store.FileFilter, error) {
	after, limit, err := parsePage(query, current)
	return store.FileFilter{App: query.Get("app"), Prefix: query.Get("prefix"), After: after, Limit: limit, Walk: maxWalk}, err
}

// parsePage reads which page of a list is asked for.
func parsePage(query url.Values, current session.Epoch) (after session.Key, limit int, err error) {
	if limit, err = parseLimit(query); err != nil {
		return session.Key{}, 0, err
	}
	if text := query.Get("cursor"); text != "" {
		after, err = parseCursor(text, current)
	}
	return after, limit, err
}

// parseLimit reads how long a page may be.
func parseLimit(query url.Values) (int, error) {
	text := query.Get("limit")
	if text == "" {
		return defaultLimit, nil
	}
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 || limit > maxLimit {
		return 0, badQuery("limit is %q; it may be 1 to %d", text, maxLimit)
	}
	return limit, nil
}
