//go:build unix

package script

import (
	"io"
	"net/http"
	"regexp"

	"github.com/rogpeppe/go-internal/testscript"

	"sessiond/e2e/harness"
)

// tcpCommand is tcp METHOD PATH.
func tcpCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "tcp")
	if len(args) != 2 {
		ts.Fatalf("usage: tcp METHOD PATH")
	}
	r, err := http.NewRequest(args[0], "http://"+metricsAddress(ts)+args[1], http.NoBody)
	ts.Check(err)
	ask(ts, r, &http.Transport{})
}

// metricsAddress returns where the last daemon says that it serves metrics.
func metricsAddress(ts *testscript.TestScript) string {
	address, err := harness.LoggedMetricsAddress(stageOf(ts).logFile)
	ts.Check(err)
	if address == "" {
		ts.Fatalf("the daemon's log tells of no address for metrics")
	}
	return address
}

// scrapedCommand is [!] scraped REGEXP.
func scrapedCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: scraped REGEXP")
	}
	wanted, err := regexp.Compile(`(?m)` + args[0])
	ts.Check(err)
	transport := socketTransport(ts)
	defer transport.CloseIdleConnections()
	var last []byte
	met := harness.Eventually(func() bool {
		answer, err := (&http.Client{Transport: transport, Timeout: harness.Patience}).Get("http://sessiond/metrics")
		ts.Check(err)
		defer answer.Body.Close()
		last, err = io.ReadAll(answer.Body)
		ts.Check(err)
		return wanted.Match(last) != neg
	})
	if !met {
		ts.Fatalf("not after %v; the last scrape:\n%s", harness.Patience, last)
	}
}
