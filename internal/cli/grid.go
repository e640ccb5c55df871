package cli

import "strings"

// column is a column of a table that fits the terminal.
type column struct {
	title string
	// least is how narrow the column may be made, 0 for as wide as its widest cell.
	least int
	// drop says which columns go first where all of them do not fit: those with the
	// highest number; 0 never.
	drop int
}

// gap is between two columns.
const gap = 2

// grid writes rows below the titles of their columns. On a terminal it is no wider
// than that: columns are left out and cells shortened. A row of a single cell is a
// heading for those below it.
func (p *page) grid(columns []column, rows [][]cell) {
	widths := p.fit(columns, rows)
	titles := make([]cell, len(columns))
	for i, c := range columns {
		titles[i] = strong.of("%s", c.title)
	}
	p.gridRow(titles, widths)
	for _, row := range rows {
		if len(row) == 1 && len(columns) > 1 {
			p.line(p.clip(row[0], p.width))
			continue
		}
		p.gridRow(row, widths)
	}
}

// gridRow writes cells as wide as they may be; of width -1, not at all.
func (p *page) gridRow(row []cell, widths []int) {
	last := len(row) - 1
	for last > 0 && widths[last] < 0 {
		last--
	}
	for i, c := range row[:last+1] {
		if widths[i] < 0 {
			continue
		}
		c = p.clip(c, widths[i])
		p.put(c)
		if i < last {
			p.write(strings.Repeat(" ", widths[i]-columnsOf(c.text)+gap))
		}
	}
	p.write("\n")
}

// clip returns a cell that is no wider than it may be; 0 is no limit.
func (p *page) clip(c cell, width int) cell {
	if width <= 0 || columnsOf(c.text) <= width {
		return c
	}
	return cell{c.style, clipTo(c.text, width)}
}

// fit returns how wide the columns are, -1 for one that is left out.
func (p *page) fit(columns []column, rows [][]cell) []int {
	widths := make([]int, len(columns))
	for i, c := range columns {
		widths[i] = columnsOf(c.title)
	}
	for _, row := range rows {
		if len(row) == 1 && len(columns) > 1 {
			continue
		}
		for i, c := range row {
			widths[i] = max(widths[i], columnsOf(c.text))
		}
	}
	if p.width == 0 {
		return widths
	}
	for leastSum(columns, widths) > p.width {
		first := firstToDrop(columns, widths)
		if first < 0 {
			break
		}
		widths[first] = -1
	}
	for tableWidth(widths) > p.width {
		widest := widestToNarrow(columns, widths)
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

// leastSum is how narrow a table can be made.
func leastSum(columns []column, widths []int) int {
	least := make([]int, len(widths))
	for i, w := range widths {
		least[i] = w
		if columns[i].least > 0 {
			least[i] = min(w, columns[i].least)
		}
	}
	return tableWidth(least)
}

// tableWidth is how wide a table is.
func tableWidth(widths []int) int {
	total := -gap
	for _, w := range widths {
		if w >= 0 {
			total += w + gap
		}
	}
	return total
}

func firstToDrop(columns []column, widths []int) int {
	first := -1
	for i, c := range columns {
		if widths[i] >= 0 && c.drop > 0 && (first < 0 || c.drop > columns[first].drop) {
			first = i
		}
	}
	return first
}

func widestToNarrow(columns []column, widths []int) int {
	widest := -1
	for i, c := range columns {
		if c.least > 0 && widths[i] > c.least && (widest < 0 || widths[i] > widths[widest]) {
			widest = i
		}
	}
	return widest
}
