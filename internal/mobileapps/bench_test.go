package mobileapps

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// trees are the disk with and without bounds.
func trees(root string) map[string]Tree {
	disk := NewDisk(root, maxFileSize)
	return map[string]Tree{"disk": disk, "bounded": NewBounded(disk, 0)}
}

func BenchmarkNext(b *testing.B) {
	const files = 10_000
	root := newTree(b)
	for i := range files - 1 {
		writeFile(b, filepath.Join(root, testApp, fmt.Sprintf("%040x", i)), inside)
	}
	for name, tree := range trees(root) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				root, err := tree.Open()
				must(b, err)
				folder, err := root.Open(testApp)
				must(b, err)
				list, err := listAll(folder.Next, 128)
				if err != nil || len(list) != files {
					b.Fatalf("%d files, %v", len(list), err)
				}
				folder.Close()
				root.Close()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*files), "ns/file")
		})
	}
}

func BenchmarkRead(b *testing.B) {
	root := newTree(b)
	writeFile(b, filepath.Join(root, testApp, testFile), strings.Repeat("x", 600))
	for name, tree := range trees(root) {
		b.Run(name, func(b *testing.B) {
			folder := openFolder(b, tree, testApp)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := folder.Read(testFile); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkBoundedCall is what the bound itself costs.
func BenchmarkBoundedCall(b *testing.B) {
	bounded := NewBounded(NewDisk("", 0), 0)
	pass := newBudget(bounded.patience)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = try(bounded, pass, nil, call{"stat", testApp, testFile}, func() (int, error) { return 0, nil }, forget)
	}
}
