// Package docs holds the documents against the code.
package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// tree is what there is to name.
type tree struct {
	packages map[string]bool            // by path from the top: "internal/store"
	files    map[string]bool            // by path, and by name alone
	tests    map[string]map[string]bool // of each package; scripts are tests of e2e/script
}

var (
	testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark|Fuzz)\w+)\(`)
	// named is what stands in backquotes, with the package that it is said to be of:
	// "watcher `TestOverflow`", "*e2e/fault* `TestGarbage`", "mobileapps, *root* `TestDevices`".
	named       = regexp.MustCompile("(?:(?:\\*(e2e/\\w+)\\*|\\b([a-z]+(?:/[a-z]+)?)(?:, \\*root\\*)?) )?`([^`\n]+)`")
	testName    = regexp.MustCompile(`^((Test|Benchmark|Fuzz)[A-Z]\w*|\w+\.txtar)$`)
	fileName    = regexp.MustCompile(`^[\w./-]*\w\.(go|md|ya?ml|json|txtar)$`)
	packageName = regexp.MustCompile(`^(internal|cmd|e2e|docs|packaging)/[\w/]+$`)
	// typed is what a command line names: a test, or a package.
	typed = regexp.MustCompile(`-(?:run|bench|fuzz) '?\^?(\w+)|[ =](\./[\w/]+)`)
)

// TestNamesAreThere reads the documents that name tests, files and packages, and fails
// where one of them is not there, or not where they say.
func TestNamesAreThere(t *testing.T) {
	there := look(t)
	for _, document := range []string{"RELIABILITY.md", "ARCHITECTURE.md"} {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		n, inTable := 0, false
		for line := range strings.Lines(string(text)) {
			n++
			inTable = strings.HasPrefix(line, "| package |") || inTable && strings.HasPrefix(line, "|")
			for i, cell := range strings.Split(line, " | ") {
				for _, what := range there.missing(cell, inTable && i != 1, &found) {
					t.Errorf("%s:%d: %s", document, n, what)
				}
			}
			for _, m := range typed.FindAllStringSubmatch(line, -1) {
				if m[1] != "" && !there.isTest("", m[1]) && !there.begins(m[1]) {
					t.Errorf("%s:%d: there is no test %s", document, n, m[1])
				}
				if m[2] != "" && !there.isPackage(strings.Trim(m[2], "./")) {
					t.Errorf("%s:%d: there is no package %s", document, n, m[2])
				}
			}
		}
		if found < 20 {
			t.Errorf("%s names %d things: it is not read as it is written", document, found)
		}
	}
}

// missing tells what of a cell, or of a line, is not there. Where it is one of the table
// of packages, each name in it is a package's.
func (there *tree) missing(cell string, packages bool, found *int) (what []string) {
	pkg := ""
	for _, m := range named.FindAllStringSubmatch(cell, -1) {
		if of := m[1] + m[2]; m[1] != "" || there.isPackage(of) {
			pkg = of
		}
		name := strings.TrimSuffix(m[3], "/")
		var ok bool
		var kind string
		switch {
		case testName.MatchString(name):
			ok, kind = there.isTest(pkg, name), "test"
		case fileName.MatchString(name):
			ok, kind = there.files[name] || there.files["internal/"+name], "file"
		case packages, packageName.MatchString(name):
			ok, kind = there.isPackage(name), "package"
		default:
			continue
		}
		*found++
		if !ok {
			what = append(what, strings.TrimSpace("there is no "+kind+" "+name+" "+pkg))
		}
	}
	return what
}

func (there *tree) isPackage(name string) bool {
	return there.packages[name] || there.packages["internal/"+name]
}

// isTest reports whether a package has a test; any package, where none is named.
func (there *tree) isTest(pkg, name string) bool {
	if pkg != "" {
		return there.tests[pkg][name] || there.tests["internal/"+pkg][name]
	}
	for _, tests := range there.tests {
		if tests[name] {
			return true
		}
	}
	return false
}

// begins reports whether a test's name goes on after Test, Benchmark or Fuzz as a
// pattern on a command line does.
func (there *tree) begins(pattern string) bool {
	for _, kind := range []string{"Test", "Benchmark", "Fuzz"} {
		if there.isTest("", kind+pattern) {
			return true
		}
	}
	return pattern == "NAME"
}

// look walks the tree.
func look(t *testing.T) *tree {
	t.Helper()
	there := &tree{packages: make(map[string]bool), files: make(map[string]bool), tests: make(map[string]map[string]bool)}
	err := fs.WalkDir(os.DirFS(".."), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (path == ".git" || path == "bin" || path == "dist"):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		there.files[path], there.files[d.Name()] = true, true
		pkg := filepath.ToSlash(filepath.Dir(path))
		switch filepath.Ext(path) {
		case ".txtar":
			pkg = "e2e/script"
			there.note(pkg, d.Name())
		case ".go":
			there.packages[pkg] = true
			text, err := os.ReadFile(filepath.Join("..", path))
			if err != nil {
				return err
			}
			for _, m := range testFunction.FindAllSubmatch(text, -1) {
				there.note(pkg, string(m[1]))
			}
		}
		for up := pkg; up != "."; up = filepath.ToSlash(filepath.Dir(up)) { // "internal" and "packaging" hold packages
			there.packages[up] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return there
}

func (there *tree) note(pkg, test string) {
	if there.tests[pkg] == nil {
		there.tests[pkg] = make(map[string]bool)
	}
	there.tests[pkg][test] = true
}
