//go:build wine && linux

package wine

import (
	"path/filepath"
	"strings"
	"testing"
)

// packages runs tests of packages as they are built for Windows. Each has those that cannot
// hold here, and why.
func packages(t *testing.T, m *machine) {
	const (
		unix    = "is about what Unix has: modes of files, its numbers of errors, its paths"
		links   = "makes links, which wine cannot"
		names   = "has names that Windows does not know, such as those with a dot at the end"
		deleted = "takes a deleted file's place, while wine keeps the name of one that is open"
		slow    = "takes minutes under wine"
		source  = "reads a document of the source tree, which has nothing to do with the system"
		another = "is about systems that exchange two files"
		renamed = "has changes in a folder that was renamed or not opened since it is watched: wine tells the old name, or nothing"
	)
	for name, without := range map[string]map[string]string{
		"access":         {},
		"client":         {},
		"control":        {"TestDocument": source},
		"control/socket": {},
		"logging":        {},
		"programdata":    {},
		"audit":          {"TestWithoutARecordNoChangeBegins": deleted},
		"trash":          {"TestFolderMustBePrivate": unix, "TestRemovedFolderIsMadeAgain": unix},
		"refresh":        {"TestQuietFoldersLeaveLittle": slow, "TestTable$": unix, "TestOneEntryForEverythingBeneath": unix},
		"mobileapps":     {"TestBatches": slow, "TestNearest": links, "TestListsAppFoldersByTheNamingRules": names, "TestListsSessionFilesByTheNamingRules": names},
		"watcher": {
			"TestRoot$/a_link_in_its_place": links, "TestRootReplacedAtOnce/its_link_leads_elsewhere": links,
			"TestReplacedWhileAdding/by_a_link": links, "TestLinksAreNotFollowed": links,
			"TestWatchedUnderFormerName": renamed, "TestFoldersComeAndGo": renamed, "TestTimerListsOnceATurn": slow,
			"TestHangs": slow, "TestLogThatIsStuck": slow,
		},
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
