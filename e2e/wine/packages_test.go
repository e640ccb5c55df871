//go:build wine && linux

package wine

import (
	"path/filepath"
	"strings"
	"testing"
)

// packages runs tests of packages as they are built for Windows. Each has those that cannot
// hold here, and why.
//
// Left out are control and client, whose tests ask over Unix sockets, and watcher: TestRoot,
// TestWatchesUsedUp, TestLogThatIsStuck, TestRootReplacedAtOnce, TestReplacedWhileAdding and
// TestForgottenFoldersAreForgotten fail under wine and another never ends, some of them for
// links and because wine keeps the name of a deleted folder that is watched, some for
// reasons that are not known. What the daemon notices is shown by [files].
func packages(t *testing.T, m *machine) {
	const (
		unix    = "is about what Unix has: modes of files, its numbers of errors, its paths"
		links   = "makes links, which wine cannot"
		names   = "has names that Windows does not know, such as those with a dot at the end"
		deleted = "takes a deleted file's place, while wine keeps the name of one that is open"
		slow    = "takes minutes under wine"
		another = "is about systems that exchange two files"
	)
	for name, without := range map[string]map[string]string{
		"access":         {},
		"control/socket": {},
		"logging":        {},
		"programdata":    {},
		"audit":          {"TestWithoutARecordNoChangeBegins": deleted},
		"trash":          {"TestFolderMustBePrivate": unix, "TestRemovedFolderIsMadeAgain": unix},
		"refresh":        {"TestQuietFoldersLeaveLittle": slow, "TestTable$": unix, "TestOneEntryForEverythingBeneath": unix},
		"mobileapps":     {"TestBatches": slow, "TestNearest": links, "TestListsAppFoldersByTheNamingRules": names, "TestListsSessionFilesByTheNamingRules": names},
		"edit": {
			"TestDelete$": unix, "TestDeleteRefused": unix, "TestRestore$": unix, "TestMany": slow,
			"TestRecover$/change,_deleted_by_others": another,
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := m.in(t)
			program := filepath.Base(name) + ".test.exe"
			m.build(program, "test", "-c", "sessiond/internal/"+name)
			args := []string{`C:\bin\` + program, "-test.timeout=170s"}
			if len(without) > 0 {
				var skip []string
				for test, why := range without {
					t.Logf("without %s: it %s", test, why)
					skip = append(skip, test)
				}
				args = append(args, "-test.skip="+strings.Join(skip, "|"))
			}
			if r := m.run("wine", args...); r.Status != 0 || !strings.HasSuffix(r.Stdout, "PASS") {
				t.Errorf("the tests end with %d:\n%s\n%s", r.Status, r.Stdout, r.Stderr)
			}
		})
	}
}
