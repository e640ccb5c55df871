//go:build browser && linux

package browser

import (
	"os"
	"testing"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

// The apps of the office.
const (
	contacts = "UTT7VDX8W5.com.example.Contacts"
	tasks    = "com.example.Tasks"
	teamless = "com.example.Contacts" // the folder of contacts before it had a team
)

// person is one session of the office.
type person struct {
	app, id, device, os, version, email string
	pending                             bool
}

// people are the sessions of the office.
func people() []person {
	return []person{
		{contacts, "1", "Anna's iPhone", "iOS", "19.2", "anna@example.com", false},
		{contacts, "2", "Bruno's iPad", "iPadOS", "19.1", "bruno@example.com", false},
		{contacts, "3", "Chloé's iPhone", "iOS", "18.7", "chloe@example.org", true},
		{contacts, "4", "Pixel 10", "Android", "16", "dieter@example.com", false},
		{contacts, "5", "Warehouse 3", "Android", "15", "", true},
		{contacts, "6", "健一のiPhone", "iOS", "19.2", "kenichi@example.jp", false},
		{tasks, "7", "Galaxy S25", "Android", "16", "eva@example.com", false},
		{tasks, "8", "Fatima's iPhone", "iOS", "19.0", "fatima@example.org", true},
		{tasks, "9", "Gunnar's iPad", "iPadOS", "18.7", "gunnar@example.com", false},
		// Who has installed the app again looks the same, and has another device id.
		{tasks, "10", "Ida's Pixel 9", "Android", "14", "ida@example.net", false},
		{tasks, "11", "Ida's Pixel 9", "Android", "15", "Ida@example.net", false},
		{tasks, "12", "Ida's Pixel 9", "Android", "16", "ida@example.net", false},
		// The same device under both folders of an app.
		{teamless, "13", "Jonas's iPad", "iPadOS", "19.0", "jonas@example.net", false},
		{contacts, "13", "Jonas's iPad", "iPadOS", "19.2", "jonas@example.net", false},
	}
}

func (p *person) key() session.Key { return harness.KeyOf(p.app, p.id) }

// content returns what stands in the person's file.
func (p *person) content() harness.Content {
	name := "Contacts"
	if p.app == tasks {
		name = "Tasks"
	}
	c := harness.NewContent(p.key()).With("email", p.email).With("device", map[string]any{
		"description": p.device, "os": p.os, "version": p.version, "id": p.id, "token": harness.PushToken,
	})
	application, _ := c["application"].(map[string]any)
	application["name"], application["version"] = name, "2.1"
	if p.pending {
		return c.With("status", session.StatusPending)
	}
	return c
}

// office fills a tree with people, and with files that are wrong in several ways. Each file
// is some days newer than the one before.
func office(t testing.TB) func(root string) {
	return func(root string) {
		day := time.Now().Add(-60 * 24 * time.Hour)
		write := func(key session.Key, text []byte) {
			path := harness.FileOf(root, key)
			harness.Must(t, harness.Replace(path, text))
			day = day.Add(71 * time.Hour)
			harness.Must(t, os.Chtimes(path, day, day))
		}
		for _, p := range people() {
			write(p.key(), p.content().Bytes())
		}
		write(harness.KeyOf(contacts, "broken"), []byte("{\n\t\"email\": \"anna@example.com\",\n\t\"status\": accepted\n}\n"))
		other := people()[0]
		write(harness.KeyOf(contacts, "copied"), other.content().Bytes())
		lacking := harness.NewContent(harness.KeyOf(tasks, "lacking"))
		harness.Must(t, lacking.Set("-status"))
		write(harness.KeyOf(tasks, "lacking"), lacking.Bytes())
	}
}

// views are the names of the views in the address.
func views() []string {
	return []string{"overview", "sessions", "pending", "duplicates", "rejected", "trash", "audit"}
}
