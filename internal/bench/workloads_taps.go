package main

import (
	"fmt"
	"io"
	"net"
	"net/url"
)

// tapWorkloads are the rows about people who watch.
var tapWorkloads = []workload{
	{name: "W2-taps", what: "W2 with 200 taps open, each with a matcher of its own", run: w2Taps, limit: "W2",
		goal: func(r, w2 result) string {
			if w2.cpuPerMillion > 0 && r.cpuPerMillion > 1.1*w2.cpuPerMillion {
				return fmt.Sprintf("above 1.1 of %.2f CPU s", w2.cpuPerMillion)
			}
			return ""
		}},
}

// tapMatchers choose between one message in 6 and none; %d makes them differ.
var tapMatchers = []string{
	`Type == 'nginx.access' && Fields[bytes] > %d000`,
	`Fields[status] >= %d && Severity <= 6`,
	`Hostname =~ /%d\.example/`,
	`Pid == %d || Logger == 'static'`,
	`Type == 'kernel' && Fields[path] != '/api/%d'`,
}

// w2Taps opens its taps before the first message is sent, and sends all messages three
// times, so that the opening does not count for much.
func w2Taps(b *bench) (result, error) {
	addr, err := freePort()
	if err != nil {
		return result{}, err
	}
	var open []net.Conn
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	return b.runW2(fmt.Sprintf("admin = %q\n", addr), 0, 3, func() error {
		for i := range 200 {
			c, err := openTap(addr, fmt.Sprintf(tapMatchers[i%len(tapMatchers)], i))
			if err != nil {
				return err
			}
			open = append(open, c)
		}
		return nil
	})
}

// openTap opens a tap and reads on until it ends.
func openTap(addr, match string) (net.Conn, error) {
	c, err := dialUntil(addr)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(c, "GET /api/v1/tap?match=%s HTTP/1.1\r\nHost: %s\r\n\r\n", url.QueryEscape(match), addr)
	var first [1024]byte
	n, err := c.Read(first[:])
	if err != nil || string(first[:min(n, 15)]) != "HTTP/1.1 200 OK" {
		c.Close()
		return nil, fmt.Errorf("opening a tap: %.200s %w", first[:n], err)
	}
	go io.Copy(io.Discard, c) // ends with the connection
	return c, nil
}
