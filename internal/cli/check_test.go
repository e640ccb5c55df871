package cli

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sessiond/internal/session"
)

// file returns the text of a valid session file.
func file(key session.Key, team, application string) string {
	token := fmt.Sprintf(`{"appNameID":%q,"id":%q,"teamID":%q}`, application, key.ID, team)
	return fmt.Sprintf(`{"application":{"id":%q},"team":{"id":%q},"session":{"id":%q},"status":"accepted","token":%q}`,
		application, team, key.ID, base64.StdEncoding.EncodeToString([]byte(token)))
}

// tree makes a MobileApps folder with these files, by their keys.
func tree(t *testing.T, files map[session.Key]string) (root string) {
	t.Helper()
	root = filepath.Join(t.TempDir(), "MobileApps")
	if err := os.MkdirAll(root, 0o700); err != nil {
		t.Fatal(err)
	}
	for key, content := range files {
		path := filepath.Join(root, filepath.FromSlash(key.String()))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const (
	syntaxLine = "com.example.noteam/broken: mobi 2: The json file is not correctly formed: line 1, column 2: "
	placeLine  = "com.example.noteam/misplaced: mobi 1: The json file location does not match its content: "
)

// someTree holds two valid files and two invalid ones in two app folders.
func someTree(t *testing.T) string {
	t.Helper()
	return tree(t, map[session.Key]string{
		anna:                                file(anna, "UTT7VDX8W5", "com.contactApp.Contact"),
		bob:                                 file(bob, "", "com.example.noteam"),
		{App: contact, ID: "manifest.json"}: "no session file",
		{App: "com.example.noteam", ID: "broken"}:     "{",
		{App: "com.example.noteam", ID: "misplaced"}:  file(bob, "", "com.example.noteam"),
		{App: "com.example.noteam", ID: ".DS_Store"}:  "no session file",
		{App: "com.example.noteam", ID: "#autosave#"}: "no session file",
	})
}

func TestCheck(t *testing.T) {
	root := someTree(t)
	t.Chdir(root)
	for _, tc := range []struct {
		name   string
		args   []string
		status int
		lines  []string // beginnings of lines of standard output
		last   string   // of standard error
	}{
		{"folder", []string{root}, exitRejected, []string{syntaxLine, placeLine}, "4 files checked: 2 valid, 2 rejected"},
		{"folder, relative", []string{"."}, exitRejected, []string{syntaxLine, placeLine}, "4 files checked: 2 valid, 2 rejected"},
		{"folder, by its setting", []string{"--root", root}, exitRejected, []string{syntaxLine, placeLine}, "4 files checked: 2 valid, 2 rejected"},
		{"valid app folder", []string{contact}, exitDone, nil, "1 file checked: 1 valid"},
		{"app folder", []string{"com.example.noteam/"}, exitRejected, []string{syntaxLine, placeLine}, "3 files checked: 1 valid, 2 rejected"},
		{"file", []string{anna.String()}, exitDone, nil, "1 file checked: 1 valid"},
		{"invalid file", []string{"com.example.noteam/broken"}, exitRejected, []string{syntaxLine}, "1 file checked: 1 rejected"},
		{"a file twice", []string{"com.example.noteam/broken", "./com.example.noteam/broken"}, exitRejected, []string{syntaxLine}, "1 file checked: 1 rejected"},
		{"two files", []string{"com.example.noteam/misplaced", "com.example.noteam/broken"}, exitRejected, []string{syntaxLine, placeLine}, "2 files checked: 2 rejected"},
		{"a file and its folder", []string{"com.example.noteam/broken", "."}, exitRejected, []string{syntaxLine, placeLine}, "4 files checked: 2 valid, 2 rejected"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := command(t, "", append([]string{"check", "--settle", "1ms"}, tc.args...)...)
			lines := strings.SplitAfter(got.out, "\n")
			lines = lines[:len(lines)-1]
			if got.status != tc.status || len(lines) != len(tc.lines) || !strings.HasSuffix(got.err, tc.last+"\n") {
				t.Fatalf("got %+v", got)
			}
			for i := range lines {
				if !strings.HasPrefix(lines[i], tc.lines[i]) {
					t.Errorf("got %q, want %q…", lines[i], tc.lines[i])
				}
			}
		})
	}
}

func TestCheckJSON(t *testing.T) {
	got := command(t, "", "check", "--settle", "1ms", "--output", "json", someTree(t))
	found := decode[checked](t, got.out)
	if got.status != exitRejected || found.Files != 4 || found.Valid != 2 || found.Rejected != 2 ||
		len(found.Errors) != 2 || found.Errors[0].ErrCode != 2 || found.Errors[1].ErrCode != 1 {
		t.Errorf("got %+v", got)
	}
	empty := tree(t, map[session.Key]string{{App: "a.b", ID: "manifest.json"}: "no session file"})
	command(t, "", "check", "--output", "json", empty).want(t, exitDone, text(
		`{`, `  "checked": 0,`, `  "valid": 0,`, `  "rejected": 0,`, `  "notJudged": 0,`, `  "errors": [],`, `  "unsettled": [],`, `  "warnings": []`, `}`,
	), "0 files checked\n")
}

// Several folders are looked at one after the other.
func TestCheckSeveralFolders(t *testing.T) {
	one := tree(t, map[session.Key]string{{App: "a.b", ID: "x"}: "{"})
	two := tree(t, map[session.Key]string{{App: "a.b", ID: "x"}: "[]", {App: "a.b", ID: "y"}: "{"})
	got := command(t, "", "check", "--settle", "1ms", "--output", "json", one, filepath.Join(two, "a.b", "x"))
	problems := decode[checked](t, got.out).Errors
	if got.status != exitRejected || len(problems) != 2 || problems[0].ErrCode != 2 || problems[1].ErrCode != 3 ||
		!strings.HasSuffix(got.err, "2 files checked: 2 rejected\n") {
		t.Errorf("got %+v", got)
	}
}

// A folder with a dot in its name is a MobileApps folder all the same, where app
// folders are in it.
func TestCheckDottedFolder(t *testing.T) {
	root := filepath.Join(t.TempDir(), "Mobile.Apps")
	if err := os.Rename(someTree(t), root); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "README"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got := command(t, "", "check", "--settle", "1ms", root)
	if got.status != exitRejected || got.err != "4 files checked: 2 valid, 2 rejected\n" {
		t.Errorf("got %+v", got)
	}
}

// What cannot be a session file is an error; the other paths are checked.
func TestCheckWrongPaths(t *testing.T) {
	root := someTree(t)
	t.Chdir(root)
	if err := os.Symlink("broken", "com.example.noteam/link"); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ path, says string }{
		{"nowhere", "no such file or directory"},
		{contact + "/manifest.json", `not a session key: "manifest.json" is not the name of a session file (no dot, no slash, no control character, no ~ at the end, no # at the beginning)`},
		{"com.example.noteam/link", "it is a link; the session file itself must be named"},
		{os.DevNull, "it is neither a regular file nor a folder"},
	} {
		t.Run(tc.path, func(t *testing.T) {
			command(t, "", "check", "--settle", "1ms", tc.path, bob.String()).want(t, exitFailed, "",
				text(fmt.Sprintf("sessiond: cannot check %q: %s", tc.path, tc.says), "1 file checked: 1 valid"))
		})
	}
}

// What is odd but allowed is a warning, and changes no exit status.
func TestCheckWarns(t *testing.T) {
	content := strings.Replace(file(bob, "", "com.example.noteam"), "{", `{"device":{"id":"D"},`, 1)
	got := command(t, "", "check", tree(t, map[session.Key]string{bob: content}))
	if got.status != exitDone || got.out != "" || !strings.HasPrefix(got.err, "warning: "+bob.String()+": ") {
		t.Errorf("got %+v", got)
	}
	got = command(t, "", "check", "-o", "json", tree(t, map[session.Key]string{bob: content}))
	if found := decode[checked](t, got.out); len(found.Warnings) != 1 || found.Warnings[0].Session != bob || found.Warnings[0].Message == "" {
		t.Errorf("got %+v", got)
	}
}

// Warnings that are alike are one line.
func TestCheckGroupsWarnings(t *testing.T) {
	odd := map[session.Key]string{}
	for i := range 1204 {
		key := session.Key{App: bob.App, ID: fmt.Sprintf("%040d", i)}
		odd[key] = strings.Replace(file(key, "", "com.example.noteam"), "{", `{"device":{"id":"D"},`, 1)
	}
	command(t, "", "check", tree(t, odd)).want(t, exitDone, "", text(
		"warning: 1,204 files, such as com.example.noteam/"+strings.Repeat("0", 40)+
			": session.id is not the SHA-1 of team.id, application.id and device.id",
		"1,204 files checked: 1,204 valid"))
}

// Where there is no app folder at all, it is the wrong folder: nothing wrong in it
// says nothing. One that is empty may be that of an app nobody has used yet.
func TestCheckWithoutAppFolders(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, folder := range []string{
		"data/MobileApps/com.example.a", "data/old/com.example.a", "data/Logs", "other/backup/com.example.a", "wrong/x/y",
		"app.v1/MobileApps/com.example.a", "empty", "fresh", "com.example.unused", "com.example.new",
	} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{
		"wrong/session", "fresh/key.mobileapp", "fresh/.DS_Store", "com.example.unused/manifest.json", "com.example.unused/Assets.png",
	} {
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	const none = `: it holds no app folder, as a MobileApps folder does (TEAM.APPLICATION, or APPLICATION with a dot in it)`
	for path, meant := range map[string]string{
		"data":                  `; perhaps you meant "data/MobileApps"`,
		"other":                 `; perhaps you meant "other/backup"`,
		"app.v1":                `; perhaps you meant "app.v1/MobileApps"`,
		"wrong":                 "",
		here + "/data/Logs/../": `; perhaps you meant "` + here + `/data/MobileApps"`,
	} {
		t.Run(path, func(t *testing.T) {
			command(t, "", "check", path).want(t, exitFailed, "",
				text(fmt.Sprintf("sessiond: cannot check %q", path)+none+meant, "0 files checked"))
		})
	}
	for _, path := range []string{"empty", "fresh", "data/Logs"} {
		t.Run(path, func(t *testing.T) {
			command(t, "", "check", path).want(t, exitDone, "", text(
				`warning: there is no app folder in "`+filepath.Join(here, path)+`" yet: nothing was checked`, "0 files checked"))
		})
	}
	for _, path := range []string{"com.example.unused", "com.example.new"} {
		t.Run(path, func(t *testing.T) {
			command(t, "", "check", path).want(t, exitDone, "", "0 files checked\n")
		})
	}
}

// A folder that cannot be listed is told beside the files.
func TestCheckSummary(t *testing.T) {
	c := checked{Files: 3, Valid: 2, Unjudged: 1, Errors: []session.Problem{
		*session.NewFileProblem(session.Key{App: "a.b"}, os.ErrPermission), *session.NewFileProblem(session.Key{App: "c.d", ID: "e"}, os.ErrPermission),
	}}
	same(t, c.summary(), "3 files checked: 2 valid, 1 not judged; 1 folder not judged")
}

// A root may be reached through a link.
func TestCheckThroughLink(t *testing.T) {
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(someTree(t), link); err != nil {
		t.Fatal(err)
	}
	got := command(t, "", "check", "--settle", "1ms", link)
	if got.status != exitRejected || !strings.HasSuffix(got.err, "4 files checked: 2 valid, 2 rejected\n") {
		t.Errorf("got %+v", got)
	}
}

// A file that is too large cannot be judged; that is graver than a rejected one.
func TestCheckUnjudged(t *testing.T) {
	got := command(t, "", "check", "--settle", "1ms", "--max-file-size", "100B", someTree(t))
	if got.status != exitFailed || !strings.Contains(got.out, anna.String()+": file too large (errno 27): the file is larger than max-file-size allows\n") ||
		!strings.HasSuffix(got.err, "4 files checked: 1 rejected, 3 not judged\n") {
		t.Errorf("got %+v", got)
	}
}

// Names and contents reach a terminal only escaped.
func TestCheckEscapes(t *testing.T) {
	got := command(t, "", "check", "--settle", "1ms", tree(t, map[session.Key]string{{App: "a.b\x1b[2J\n", ID: "x\u202e"}: "{"}))
	if got.status != exitRejected || !strings.HasPrefix(got.out, `a.b\u001b[2J\n/x\u202e: mobi 2: `) || !harmless(strings.TrimSuffix(got.out, "\n")) {
		t.Errorf("got %+v", got)
	}
}

// A path that no pass would follow is not taken for one with nothing wrong.
func TestCheckRefusesWhatItWouldPassOver(t *testing.T) {
	root := t.TempDir()
	app := filepath.Join(root, "com.example.app")
	if err := os.Mkdir(app, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(app, "id"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(app, filepath.Join(root, "com.example.link")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "com.example.link", "id")
	if got := command(t, "", "check", path); got.status != exitFailed || got.out != "" || !strings.Contains(got.err, "cannot check") {
		t.Errorf("check %q: %+v, want it refused", path, got)
	}
}
