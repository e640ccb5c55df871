package control

import (
	"errors"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// pair returns a connection and the client's end of it. They are closed with the
// test.
func pair(t *testing.T) (one *conn, client net.Conn) {
	t.Helper()
	client, there := net.Pipe()
	one = &conn{Conn: there, all: newConns(nil, 1, 0)}
	t.Cleanup(func() {
		_ = client.Close()
		_ = one.Close()
	})
	return one, client
}

func readByte(one *conn) error {
	_, err := one.Read(make([]byte, 1))
	return err
}

// Each read ends at the deadline that was wanted when it began, whatever others
// there were before.
func TestReadDeadlines(t *testing.T) {
	const never = time.Hour
	for name, test := range map[string]struct {
		before []time.Duration // deadlines with a read each, which gets something at once
		noted  []time.Duration // without a read
		want   time.Duration
	}{
		"one":                             {nil, []time.Duration{time.Second}, time.Second},
		"none":                            {nil, nil, never},
		"lifted":                          {nil, []time.Duration{time.Second, 0}, never},
		"a later one":                     {[]time.Duration{time.Second}, []time.Duration{time.Minute}, time.Minute},
		"an earlier one":                  {[]time.Duration{time.Minute}, []time.Duration{time.Second}, time.Second},
		"none after one":                  {[]time.Duration{time.Second}, []time.Duration{0}, never},
		"several, of which the last is":   {[]time.Duration{time.Second}, []time.Duration{time.Minute, time.Millisecond, 0, time.Hour / 2}, time.Hour / 2},
		"one after a read was ended":      {nil, []time.Duration{-time.Second, 0, time.Second}, time.Second},
		"none after a read was ended":     {nil, []time.Duration{-time.Second, 0}, never},
		"one that has passed":             {[]time.Duration{time.Minute}, []time.Duration{-time.Second}, 0},
		"again one, after two were later": {[]time.Duration{time.Minute, 2 * time.Minute}, []time.Duration{time.Second}, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				one, client := pair(t)
				set := func(d time.Duration) {
					if d == 0 {
						_ = one.SetReadDeadline(time.Time{})
					} else {
						_ = one.SetReadDeadline(time.Now().Add(d))
					}
				}
				for _, d := range test.before {
					set(d)
					go func() { _, _ = client.Write([]byte("x")) }()
					if err := readByte(one); err != nil {
						t.Fatal(err)
					}
				}
				for _, d := range test.noted {
					set(d)
				}
				time.AfterFunc(never, func() { _ = client.Close() })
				begun := time.Now()
				err := readByte(one)
				if took := time.Since(begun); took != test.want || errors.Is(err, os.ErrDeadlineExceeded) != (took < never) {
					t.Errorf("the read ended after %v with %v, want %v", took, err, test.want)
				}
			})
		})
	}
}

// A read that is under way ends with a deadline that has passed, as net/http ends
// its own.
func TestReadIsEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, _ := pair(t)
		_ = one.SetReadDeadline(time.Now().Add(time.Minute))
		begun := time.Now()
		time.AfterFunc(time.Second, func() { _ = one.SetReadDeadline(time.Unix(1, 0)) })
		if err := readByte(one); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begun) != time.Second {
			t.Errorf("the read ended after %v with %v", time.Since(begun), err)
		}
	})
}
