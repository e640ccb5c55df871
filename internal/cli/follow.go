package cli

// listPage is how many items are asked for at a time: the most the daemon gives.
const listPage = 1000

// follow follows the pages of a listing to the end, or to a limit above 0. ask returns the
// page at a cursor, at most so many items, and the cursor of the next one. more is that
// there are more than were asked for.
func follow[T any](limit int, ask func(limit int, cursor string) (items []T, next string, err error)) (all []T, more bool, err error) {
	all = []T{}
	for cursor := ""; ; {
		atOnce := listPage
		if limit > 0 {
			atOnce = min(listPage, limit-len(all))
		}
		items, next, err := ask(atOnce, cursor)
		if err != nil {
			return nil, false, err
		}
		all = append(all, items...)
		if next == "" || len(all) == limit {
			return all, next != "", nil
		}
		cursor = next
	}
}
