package mobileapps

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// trees are the disk with and without bounds.
func trees(root string) map[string]Tree {
	disk := NewDisk(root, maxFileSize)
	return map[string]Tree{"disk": disk, "bounded": NewBounded(disk, 0)}
}

// BenchmarkLook lists a folder and looks at each file: a pass does no more where
// nothing has changed.
func BenchmarkLook(b *testing.B) {
	benchmarkFolder(b, func(folder Folder, batch *Batch, numbers []int) { Look(folder, batch, numbers) })
}

// BenchmarkReadAll lists a folder and reads each file.
func BenchmarkReadAll(b *testing.B) {
	benchmarkFolder(b, func(folder Folder, batch *Batch, numbers []int) {
		Read(folder, batch, numbers, func(_ int, _ Content, err error) { must(b, err) })
	})
}

func benchmarkFolder(b *testing.B, f func(folder Folder, batch *Batch, numbers []int)) {
	const files = 10_000
	root := newTree(b)
	for i := range files - 1 {
		writeFile(b, filepath.Join(root, testApp, fmt.Sprintf("%040x", i)), strings.Repeat("x", 600))
	}
	for name, tree := range trees(root) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			batch := &Batch{}
			for b.Loop() {
				folder := mustOpen(b, tree)
				seen := 0
				for more := true; more; more = !batch.Last() {
					batch.Reset()
					must(b, List(folder, batch))
					seen += batch.Len()
					f(folder, batch, all(batch))
				}
				if seen != files {
					b.Fatalf("%d files", seen)
				}
				folder.Close()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*files), "ns/file")
		})
	}
}

func mustOpen(b *testing.B, tree Tree) Folder {
	root, err := tree.Open()
	must(b, err)
	defer root.Close()
	folder, err := root.Open(testApp)
	must(b, err)
	return folder
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
	target := &target{b: NewBounded(NewDisk("", 0), 0), impatient: new(atomic.Bool)}
	b.ReportAllocs()
	for b.Loop() {
		_, _ = ask(target, func() (int, error) { return 0, nil }, nil)
	}
}
