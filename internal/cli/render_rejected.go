package cli

import (
	"cmp"

	"sessiond/internal/api"
)

// rejected writes rejected files, each with what is to be done below it.
func (p *page) rejected(files []api.RejectedFile) {
	for i := range files {
		file := &files[i]
		p.line(problemCells(&file.Problem)...)
		rows := [][]cell{{plain.of("    since"), plain.of("%s", p.since(file.Since))}}
		if file.Path != "" {
			rows = append(rows, []cell{plain.of("    file"), plain.of("%s", file.Path)})
		}
		p.table(append(rows, []cell{plain.of("    to do"), plain.of("%s", cmp.Or(file.Remedy, remedy(&file.Problem)))}))
	}
}
