//go:build browser && linux

package browser

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"

	"sessiond/e2e/harness"
)

var shots = flag.Bool("shots", false, "write the pictures of docs/console again")

// maxShot is how large a picture of the documents may be, in bytes.
const maxShot = 100_000

// The pictures of the documents are of the page as it is: each view, some of them in the
// dark, on a phone and in another language. Without -shots, they are taken and dropped.
func TestShots(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if *shots { // what is to be read in the documents is a folder as people have it
		root = "/srv/4D/MobileApps"
		harness.Must(t, os.MkdirAll(filepath.Dir(root), 0o755))
		harness.Must(t, os.Mkdir(root, 0o755)) // nobody's own
		t.Cleanup(func() { _ = os.RemoveAll(root) })
	}
	w := newWorldAt(t, root, office(t))
	for _, shot := range []struct {
		name string
		look look
	}{
		{"overview", look{}},
		{"overview-ja", look{language: "ja"}},
		{"sessions", look{}},
		{"sessions-dark", look{dark: true}},
		{"sessions-phone", look{width: 390, height: 780}},
		{"session", look{}},
		{"pending", look{}},
		{"duplicates", look{}},
		{"rejected", look{}},
		{"log-out", look{}},
		{"trash", look{}}, // with which sessions begin to go
		{"audit", look{}},
	} {
		if shot.look.width == 0 {
			shot.look.width, shot.look.height = 1280, 760
		}
		t.Run(shot.name, func(t *testing.T) {
			p := newPage(t, shot.look)
			p.show(w.consoleProcess)
			p.scene(w, shot.name)
			picture := smaller(t, call(p, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{}).Data)
			if len(picture) > maxShot {
				t.Errorf("the picture has %d bytes, want %d at most", len(picture), maxShot)
			}
			if *shots {
				harness.Must(t, os.WriteFile(filepath.Join("../../docs/console", shot.name+".png"), picture, 0o644))
			}
		})
	}
}

// scene brings the page to what is to be seen.
func (p *page) scene(w *world, name string) {
	p.t.Helper()
	h := mouse{p}
	switch name {
	case "session":
		p.visit(w, "sessions")
		h.press("link", "Anna's iPhone")
		p.until("the drawer", `document.querySelector("dialog[open] dl") !== null`)
	case "log-out":
		p.visit(w, "sessions")
		h.press("button", "Log out Pixel 10.*")
		p.find("textbox", "Reason.*")
	case "trash", "audit":
		p.visit(w, "sessions")
		h.press("button", "Log out Warehouse 3.*|Log out Gunnar.*")
		h.write("textbox", "Reason.*", "the device was lost")
		h.press("button", "Log out")
		p.find("button", "Undo")
		p.visit(w, name)
	default:
		view, _, _ := strings.Cut(name, "-")
		p.visit(w, view)
	}
	p.until("every picture and font", `document.fonts.ready.then(() => true)`)
}

// smaller returns a picture with the 256 colours that it has most of.
func smaller(t testing.TB, picture []byte) []byte {
	t.Helper()
	from, err := png.Decode(bytes.NewReader(picture))
	harness.Must(t, err)
	counts := make(map[color.RGBA]int)
	each := func(do func(x, y int, c color.RGBA)) {
		for y := from.Bounds().Min.Y; y < from.Bounds().Max.Y; y++ {
			for x := from.Bounds().Min.X; x < from.Bounds().Max.X; x++ {
				c, _ := color.RGBAModel.Convert(from.At(x, y)).(color.RGBA)
				do(x, y, c)
			}
		}
	}
	each(func(_, _ int, c color.RGBA) { counts[c]++ })
	colours := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int { return counts[b] - counts[a] })
	var palette color.Palette
	for _, c := range colours[:min(len(colours), 256)] {
		palette = append(palette, c)
	}
	to := image.NewPaletted(from.Bounds(), palette)
	nearest := make(map[color.RGBA]uint8)
	each(func(x, y int, c color.RGBA) {
		index, known := nearest[c]
		if !known {
			index = uint8(palette.Index(c))
			nearest[c] = index
		}
		to.SetColorIndex(x, y, index)
	})
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	harness.Must(t, encoder.Encode(&out, to))
	return out.Bytes()
}
