package cli

// aFew is how many files that have the same problem are told one by one; where there
// are more, they are a group: its problem and its remedy once, and some of its keys.
const aFew = 3

// occurrences writes where an issue shows, and returns how many of them that told of.
func (p *page) occurrences(t *issue) (told int) {
	lines := 0
	for _, group := range alike(t.occurrences) {
		if lines >= shownOccurrences {
			break
		}
		if group[0].alike != "" && len(group) > aFew {
			p.group(group, t.grave)
			lines += aFew
			told += len(group)
			continue
		}
		for _, one := range group[:min(len(group), shownOccurrences-lines)] {
			p.occurrence(&one, t.brief)
			lines++
			told++
		}
	}
	return told
}

func (p *page) occurrence(o *occurrence, brief bool) {
	p.line(o.line...)
	if !brief {
		p.line(plain.of("    since %s%s", p.since(o.since), sentence(o.todo)))
	}
}

// group writes what several files have in common, and the first of them.
func (p *page) group(group []occurrence, grave bool) {
	tone := warn
	if grave {
		tone = bad
	}
	p.line(plain.of("%s: ", count(len(group), "file", "files")), tone.of("%s", group[0].alike))
	if todo := group[0].todo; todo != "" {
		p.line(plain.of("    %s", todo))
	}
	for _, one := range group[:aFew] {
		p.line(plain.of("    %s, since %s", keyName(one.key), p.since(one.since)))
	}
	p.line(plain.of("    and %s more like these", comma(len(group)-aFew)))
}

// alike puts together what is alike, in the order in which it first comes up.
func alike(all []occurrence) [][]occurrence {
	var groups [][]occurrence
	at := make(map[string]int)
	for _, one := range all {
		i, known := at[one.alike]
		if !known {
			i = len(groups)
			at[one.alike] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], one)
	}
	return groups
}
