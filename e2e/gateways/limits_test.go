//go:build gateways && unix

package gateways

import (
	"fmt"
	"net"
	"net/http"
	"testing"
)

// Who tries many made-up tokens is turned away, log-ins and other addresses are not.
func TestFailedChecksAreLimited(t *testing.T) {
	for _, p := range programs() {
		if p.limit == nil {
			continue // Caddy has no limits of its own
		}
		t.Run(p.name, func(t *testing.T) {
			p.limited = true
			w := newWorld(t, p)
			statuses := make(map[int]int)
			for n := 0; n < 5000 && statuses[http.StatusTooManyRequests] == 0; n++ {
				got := w.ask(t, http.MethodGet, entity, fmt.Sprint("made up ", n), "", nil)
				statuses[got.status]++
			}
			if statuses[http.StatusUnauthorized] < 50 || statuses[http.StatusTooManyRequests] == 0 || len(statuses) != 2 {
				t.Errorf("made-up tokens get %v", statuses)
			}
			if got := w.ask(t, http.MethodGet, "/mobileapp/$authenticate", "", "", nil); p.name != "nginx" && got.status != http.StatusOK {
				t.Errorf("a log-in from the same address gets %d %s", got.status, got.body)
			}
			another := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
			w.Transport = &http.Transport{DialContext: another.DialContext}
			for range 3 {
				if got := w.ask(t, http.MethodGet, entity, "anna", "", nil); got.status != http.StatusOK {
					t.Errorf("another address gets %d %s", got.status, got.body)
				}
			}
		})
	}
}
