package cli

import (
	"cmp"
	"slices"
	"strings"

	"sessiond/internal/session"
)

// aFew is how many files that have the same problem are told one by one; where there
// are more, they are a group: its problem and its remedy once, and some of its keys.
const aFew = 3

// group is what several files have in common.
type group struct {
	what, todo string
	total      int
	some       []occurrence // the first of them
}

// together reports whether a group is told as one.
func (g *group) together() bool { return g.what != "" && (g.total > aFew || len(g.some) < g.total) }

// occurrences writes where an issue shows, and returns how many of them that told of.
func (p *page) occurrences(t *issue) (told int) {
	groups := t.groups
	if groups == nil {
		groups = alike(t.occurrences)
	}
	lines := 0
	for _, g := range groups {
		if lines >= shownOccurrences {
			break
		}
		if g.together() {
			p.group(&g, t.grave)
			lines += aFew
			told += g.total
			continue
		}
		for _, one := range g.some[:min(len(g.some), shownOccurrences-lines)] {
			p.occurrence(&one, t.brief)
			lines++
			told++
		}
	}
	return told
}

func (p *page) occurrence(o *occurrence, brief bool) {
	p.line(o.line...)
	if brief {
		return
	}
	if last := lastKnown(o.failure); last != "" {
		p.line(plain.of("    last known: %s", last))
	}
	p.line(plain.of("    %s%s", p.times(o), sentence(o.todo)))
}

// group writes what several files have in common, and the first of them.
func (p *page) group(g *group, grave bool) {
	tone := warn
	if grave {
		tone = bad
	}
	one, many := "file", "files"
	if len(g.some) > 0 && !g.some[0].failure.Session.IsFile() {
		one, many = "folder", "folders"
	}
	p.line(plain.of("%s: ", count(g.total, one, many)), tone.of("%s", g.what))
	if g.todo != "" {
		p.line(plain.of("    %s", g.todo))
	}
	shown := g.some[:min(len(g.some), aFew)]
	for _, one := range shown {
		own := strings.TrimPrefix(one.failure.String(), g.what)
		p.line(plain.of("    %s%s", keyName(one.failure.Session), own))
		p.line(plain.of("        %s%s", followed(lastKnown(one.failure), "; "), p.times(&one)))
	}
	if more := g.total - len(shown); more > 0 && len(shown) > 0 {
		p.line(plain.of("    and %s more like these", comma(more)))
	}
}

// times says since when something is wrong and, of a rejected file, when it was
// modified.
func (p *page) times(o *occurrence) string {
	text := "since " + p.since(o.since)
	if o.failure != nil && o.failure.Modified != 0 {
		text += ", file modified " + p.moment(o.failure.Modified.Time())
	}
	return text
}

// lastKnown says whose session a rejected file was.
func lastKnown(e *session.ActiveError) string {
	if e == nil || e.LastKnown == nil {
		return ""
	}
	both := []string{e.LastKnown.Email, e.LastKnown.Device}
	return strings.Join(slices.DeleteFunc(both, func(text string) bool { return text == "" }), ", ")
}

// followed returns a text and what divides it from the next one, if there is any.
func followed(text, divider string) string {
	if text == "" {
		return ""
	}
	return text + divider
}

// alike puts together what is alike, in the order in which it first comes up.
func alike(all []occurrence) []group {
	var groups []group
	at := make(map[string]int)
	for _, one := range all {
		what := ""
		if one.failure != nil {
			what = one.failure.String()
		}
		i, known := at[what]
		if !known {
			i = len(groups)
			at[what] = i
			groups = append(groups, group{what: what, todo: one.todo})
		}
		groups[i].some = append(groups[i].some, one)
		groups[i].total++
	}
	return groups
}

// byCode puts together the rejected files that have the same error, the most frequent
// first. some are the first of them, counts says how many there are.
func byCode(some []occurrence, counts []session.CodeCount) []group {
	var groups []group
	for _, c := range counts {
		wrong := session.NewProblem(session.Key{}, c.ErrCode, "")
		g := group{what: wrong.String(), todo: remedy(wrong), total: c.Files}
		for _, one := range some {
			if one.failure.ErrCode == int(c.ErrCode) {
				g.some = append(g.some, one)
			}
		}
		if same := alike(g.some); len(same) == 1 && same[0].total == g.total {
			g.what = same[0].what
		}
		groups = append(groups, g)
	}
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(b.total, a.total) })
	return groups
}
