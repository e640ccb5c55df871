package cli

import (
	"net/http"
	"testing"
	"time"
)

const completionEnd = "Completion ended with directive: "

func TestComplete(t *testing.T) {
	socket := serve(t, routes{
		"GET /v1/apps": says(200, `{"apps":[{"app":"`+contact+`","name":"Contact\nbook"},{"app":"com.evil\u001b","name":"x"},{"app":"a.b","name":""}]}`),
		"GET /v1/sessions": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("prefix") == "70" {
				says(200, `{"sessions":[{"id":"`+anna.ID+`","email":"anna@example.com","device":{"description":"iPhone"}}]}`)(w, r)
				return
			}
			if r.URL.Query().Get("app") != contact {
				says(200, `{"sessions":[]}`)(w, r)
				return
			}
			says(200, `{"sessions":[{"session":"`+anna.String()+`","email":"anna@example.com"},{"session":"`+contact+`/x"}]}`)(w, r)
		},
		"GET /v1/rejected": says(200, `{"files":[{"session":"`+anna.App+`/70bad"}]}`),
		"GET /v1/trash":    says(200, `{"items":[{"id":"`+annaItem+`","session":"`+anna.String()+`","email":"a@x","device":"iPad"},{"id":"`+annaOlder+`","session":"`+anna.String()+`"}]}`),
		"GET /v1/not-in-memory": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("prefix") != "com.ex" {
				says(200, `{"files":[]}`)(w, r)
				return
			}
			says(200, `{"files":[{"session":"`+bob.String()+`"}]}`)(w, r)
		},
	})
	const noFiles, noFilesNoSpace = ":4\n", ":6\n"
	apps := text(contact+"\tContact\\nbook", "a.b")
	folders := text(contact+"/\tContact\\nbook", "a.b/")
	keys := text(anna.String()+"\tanna@example.com", contact+"/x")
	for _, tc := range []struct {
		name string
		line []string
		want string
	}{
		{"app folder", []string{"list", ""}, apps + noFiles},
		{"nothing after the app folder", []string{"list", "a.b", ""}, noFiles},
		{"key's folder", []string{"show", ""}, folders + noFilesNoSpace},
		{"id", []string{"show", "70"}, text(anna.ID+"\tanna@example.com, iPhone") + noFiles},
		{"key", []string{"show", contact + "/7"}, keys + noFiles},
		{"nothing after the key", []string{"show", "a.b/c", ""}, noFiles},
		{"what is not in memory", []string{"open", "a.b/c", "com.ex"}, text(bob.String()) + noFiles},
		{"keys to accept", []string{"accept", "a.b/c", contact + "/7"}, keys + noFiles},
		{"nothing after the key to set", []string{"set", "a.b/c", ""}, noFiles},
		{"keys to delete", []string{"delete", "70"}, text(anna.ID+"\tanna@example.com, iPhone", "70bad\trejected") + noFiles},
		{"trash", []string{"restore", ""}, text(annaItem+"\ta@x, iPad", annaOlder) + noFiles},
		{"deleted keys", []string{"trash", "purge", contact}, text(anna.String()+"\ta@x, iPad") + noFiles},
		{"deleted ids", []string{"trash", "--session", "70"}, text(anna.ID+"\ta@x, iPad") + noFiles},
		{"no file as a reason", []string{"delete", "--reason", ""}, noFiles},
		{"apps of a flag", []string{"audit", "--app", ""}, apps + noFiles},
		{"no file as a server", []string{"run", "--follow", ""}, noFiles},
		{"copies", []string{"run", "--replica-copies", ""}, "1\n3\n5\n" + noFiles},
		{"output", []string{"list", "--output", ""}, "table\njson\n" + noFiles},
		{"status", []string{"list", "--status", ""}, "accepted\npending\n" + noFiles},
		{"no file as an address", []string{"list", "--email", ""}, noFiles},
		{"no file as a revision", []string{"events", "--since", ""}, noFiles},
		{"flags", []string{"list", "--em"}, "--email\tonly sessions of this address; * stands for any characters\n" + noFiles},
		{"admission", []string{"run", "--admit", ""}, "restore\nfollow\n" + noFiles},
		{"shells", []string{"completion", "b"}, "bash\n" + noFiles},
		{"help", []string{"help", "service", "stat"}, "status\tShow whether the service runs\n" + noFiles},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := command(t, socket, append([]string{"__complete"}, tc.line...)...)
			same(t, got.out, tc.want)
			if got.status != exitDone {
				t.Errorf("exit status %d", got.status)
			}
		})
	}
}

func TestCompleteWithoutDaemon(t *testing.T) {
	got := command(t, socketPath(t), "__complete", "list", "")
	got.want(t, exitDone, ":4\n", completionEnd+"ShellCompDirectiveNoFileComp\n")
}

// A daemon that does not answer holds up a completion for its limit only.
func TestCompleteWithSilentDaemon(t *testing.T) {
	socket := serve(t, routes{"GET /v1/apps": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }})
	done := make(chan result)
	go func() { done <- command(t, socket, "__complete", "list", "") }()
	select {
	case got := <-done:
		got.want(t, exitDone, ":4\n", completionEnd+"ShellCompDirectiveNoFileComp\n")
	case <-time.After(time.Minute):
		t.Fatal("the completion waits")
	}
}

func TestCompletionScripts(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		got := command(t, "", "completion", shell)
		if got.status != exitDone || got.err != "" || len(got.out) < 1000 {
			t.Errorf("%s: exit status %d, %d bytes, %s", shell, got.status, len(got.out), got.err)
		}
	}
}
