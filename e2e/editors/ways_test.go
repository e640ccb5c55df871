//go:build editors && linux

package editors

import (
	"os"
	"os/exec"
	"path/filepath"

	"sessiond/e2e/harness"
)

// waysOfSaving are the programs that people change files with, each in the ways in
// which it can be told to save, and what programs do that cannot be run here.
func waysOfSaving() map[string]func(*editor) error {
	return map[string]func(*editor) error{
		"vim with backup":                      vim("set backup"),
		"vim without backup":                   vim("set nobackup nowritebackup"),
		"vim with backupcopy yes":              vim("set backup backupcopy=yes"),
		"vim with backupcopy no":               vim("set backup backupcopy=no"),
		"vim with neither rename nor backup":   vim("set nobackup nowritebackup backupcopy=no"),
		"emacs":                                emacs("(setq backup-by-copying nil)"),
		"emacs with backup by copying":         emacs("(setq backup-by-copying t)"),
		"emacs writing beside and renaming":    emacs("(setq file-precious-flag t)"),
		"nano":                                 nano(),
		"nano with backup":                     nano("--backup"),
		"sed in place":                         sed("--in-place"),
		"sed in place with backup":             sed("--in-place=~"),
		"rsync":                                rsync(),
		"rsync in place":                       rsync("--inplace"),
		"rsync delayed":                        rsync("--delay-updates"),
		"cp":                                   from("cp"),
		"cp that unlinks first":                from("cp", "--remove-destination"),
		"cp with backup":                       from("cp", "--backup=simple"),
		"mv":                                   from("mv"),
		"Visual Studio Code":                   writeAtOnce,
		"Visual Studio Code with atomic write": writeAndRename,
		"remove and recreate":                  recreate,
		"rename away and back":                 renameAwayAndBack,
		"4D":                                   func(e *editor) error { return harness.Rewrite(e.path, e.next(e.mark()), e.pause) },
	}
}

// run runs a program, which must not have anything to ask.
func (e *editor) run(name string, args ...string) error {
	cmd := exec.CommandContext(e.t.Context(), name, args...)
	cmd.Env = e.env()
	out, err := cmd.CombinedOutput()
	if err != nil {
		e.t.Logf("%s: %s", e.way, out)
	}
	return err
}

// env keeps settings of whoever runs the test away from the programs.
func (e *editor) env() []string {
	return []string{"HOME=" + e.aside, "PATH=" + os.Getenv("PATH"), "TERM=xterm", "LC_ALL=C.UTF-8"}
}

// from gives the file its next content from a file elsewhere, with a program that
// takes both paths at its end.
func from(program string, args ...string) func(*editor) error {
	return func(e *editor) error {
		source := filepath.Join(e.aside, filepath.Base(e.path))
		if err := os.WriteFile(source, e.next(e.mark()), 0o644); err != nil {
			return err
		}
		return e.run(program, append(args, source, e.path)...)
	}
}

// rsync has it copy although size and time may be the same.
func rsync(args ...string) func(*editor) error {
	return from("rsync", append(args, "--ignore-times")...)
}

// sed has it replace the mark, whatever it is.
func sed(args ...string) func(*editor) error {
	return func(e *editor) error {
		e.last = e.mark()
		return e.run("sed", append(args, `s/\("edit": "\)[^"]*/\1`+e.last+`/`, e.path)...)
	}
}

// writeAtOnce is how Visual Studio Code saves as a rule: it opens the file for
// reading and writing, cuts it, and then writes what the editor holds.
func writeAtOnce(e *editor) error {
	file, err := os.OpenFile(e.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer file.Close() // a second time, where all goes well
	if err := file.Truncate(0); err != nil {
		return err
	}
	e.pause()
	if _, err := file.Write(e.next(e.mark())); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return file.Close()
}

// writeAndRename is how it saves where it was told to do so atomically.
func writeAndRename(e *editor) error {
	temporary := e.path + ".vsctmp"
	if err := harness.Rewrite(temporary, e.next(e.mark()), e.pause); err != nil {
		return err
	}
	return os.Rename(temporary, e.path)
}

func recreate(e *editor) error {
	if err := os.Remove(e.path); err != nil {
		return err
	}
	e.pause()
	return harness.Rewrite(e.path, e.next(e.mark()), e.pause)
}

// renameAwayAndBack takes the file out of the tree, changes it there and brings it
// back.
func renameAwayAndBack(e *editor) error {
	away := filepath.Join(e.aside, "away")
	if err := os.Rename(e.path, away); err != nil {
		return err
	}
	e.pause()
	if err := os.WriteFile(away, e.next(e.mark()), 0o644); err != nil {
		return err
	}
	return os.Rename(away, e.path)
}
