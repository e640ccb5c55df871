// Package prometheus has a real Prometheus scrape the daemon. Its tests have the build tag
// prometheus; prometheus and promtool must be there.
package prometheus
