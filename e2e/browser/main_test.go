//go:build browser && linux

package browser

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"sessiond/e2e/harness"
)

// rebinding is the name of a site that leads to this machine.
const rebinding = "rebinding.example"

// chromium is the browser of all tests. Each test has a profile of its own in it.
var chromium = sync.OnceValues(func() (context.Context, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"),
		chromedp.Flag("host-resolver-rules", "MAP "+rebinding+" 127.0.0.1"),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("font-render-hinting", "none"),
	)
	allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(allocator)
	return ctx, chromedp.Do(ctx) // starts it
})

func TestMain(m *testing.M) {
	status := harness.Main(m)
	ctx, err := chromium() // which is to be ended
	if err == nil {
		err = chromedp.Cancel(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot end the browser:", err)
	}
	os.Exit(status)
}
