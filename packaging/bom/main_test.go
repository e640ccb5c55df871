package main

import (
	"os"
	"strings"
	"testing"

	"github.com/CycloneDX/cyclonedx-go"
)

// The test binary is a Go binary like any other.
func TestRun(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := run(&out, []string{self}, "1.2.3", "2026-11-22T18:00:00Z"); err != nil {
		t.Fatal(err)
	}
	var bom cyclonedx.BOM
	if err := cyclonedx.NewBOMDecoder(strings.NewReader(out.String()), cyclonedx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	if c := bom.Metadata.Component; c.Name != "sessiond" || c.Version != "1.2.3" || bom.Metadata.Timestamp != "2026-11-22T18:00:00Z" {
		t.Errorf("it is about %s %s of %s", c.Name, c.Version, bom.Metadata.Timestamp)
	}
	found := make(map[string]cyclonedx.Component)
	for _, part := range *bom.Components {
		found[part.Name] = part
	}
	if std := found["std"]; !strings.HasPrefix(std.PackageURL, "pkg:golang/std@1.") {
		t.Errorf("the standard library is %q", std.PackageURL)
	}
	library := found["github.com/CycloneDX/cyclonedx-go"]
	if library.Hashes == nil || len((*library.Hashes)[0].Value) != 64 || !strings.HasPrefix(library.Version, "v") {
		t.Errorf("a library is listed as %+v", library)
	}
}

func TestRunRefuses(t *testing.T) {
	for name, args := range map[string][]string{"nothing": nil, "no Go binary": {"main.go"}, "two": {"a", "b"}} {
		if run(new(strings.Builder), args, "", "") == nil {
			t.Errorf("%s: it goes on", name)
		}
	}
}
