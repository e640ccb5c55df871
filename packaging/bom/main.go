// Command bom prints the bill of materials of a sessiond binary as CycloneDX
// JSON. It lists what the Go tool wrote into the binary, which is what was built,
// and no more: the modules, their checksums, and the Go release.
//
//	go run ./packaging/bom -version 1.2.3 -date 2026-11-22T18:00:00Z BINARY
package main

import (
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/CycloneDX/cyclonedx-go"
)

func main() {
	version := flag.String("version", "unknown", "the `version` of the binary")
	date := flag.String("date", "", "the `date` that the document bears, as RFC 3339 has it")
	flag.Parse()
	if err := run(os.Stdout, flag.Args(), *version, *date); err != nil {
		fmt.Fprintln(os.Stderr, "bom:", err)
		os.Exit(1)
	}
}

// run writes the bill of materials of the one binary that is named.
func run(w io.Writer, args []string, version, date string) error {
	if len(args) != 1 {
		return fmt.Errorf("name one binary, not %d", len(args))
	}
	info, err := buildinfo.ReadFile(args[0])
	if err != nil {
		return fmt.Errorf("cannot read what %s was built from: %w", args[0], err)
	}
	bom := cyclonedx.NewBOM()
	bom.Metadata = &cyclonedx.Metadata{
		Timestamp: date,
		Component: &cyclonedx.Component{
			BOMRef: "sessiond", Type: cyclonedx.ComponentTypeApplication, Name: "sessiond", Version: version,
			Properties: settings(info),
		},
	}
	parts := []cyclonedx.Component{library("std", strings.TrimPrefix(info.GoVersion, "go"), "")}
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		parts = append(parts, library(module.Path, module.Version, module.Sum))
	}
	bom.Components = &parts
	return cyclonedx.NewBOMEncoder(w, cyclonedx.BOMFileFormatJSON).SetPretty(true).Encode(bom)
}

// library describes a module. Its checksum is the one of go.sum, a SHA-256 over
// its files' names and checksums.
func library(path, version, sum string) cyclonedx.Component {
	purl := "pkg:golang/" + path + "@" + version
	part := cyclonedx.Component{
		BOMRef: purl, Type: cyclonedx.ComponentTypeLibrary, Name: path, Version: version, PackageURL: purl,
	}
	if h1, ok := strings.CutPrefix(sum, "h1:"); ok {
		if raw, err := base64.StdEncoding.DecodeString(h1); err == nil {
			part.Hashes = &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: hex.EncodeToString(raw)}}
		}
	}
	return part
}

// settings tells for which platform, and how, the binary was built.
func settings(info *debug.BuildInfo) *[]cyclonedx.Property {
	var known []cyclonedx.Property
	for _, s := range info.Settings {
		known = append(known, cyclonedx.Property{Name: "go:build:" + s.Key, Value: s.Value})
	}
	return &known
}
