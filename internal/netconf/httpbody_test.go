package netconf_test

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/internal/netconf/netconftest"
)

// TestABodyIsReleased has servers that do not read a body to its end. Afterwards the
// buffer may be written to; the race detector sees who still reads it.
func TestABodyIsReleased(t *testing.T) {
	early := func(head string) netconftest.Fault {
		return func(client net.Conn, _ func() net.Conn, over <-chan struct{}) {
			io.CopyN(io.Discard, client, 1000)
			io.WriteString(client, "HTTP/1.1 "+head+"\r\nContent-Length: 0\r\n\r\n")
			<-over
		}
	}
	client, err := (&netconf.HTTPClient{Timeout: 20 * time.Second}).New()
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	b := make([]byte, 8<<20)
	for name, fault := range map[string]netconftest.Fault{
		"answers early": early("200 OK"), "redirects": early("308 Again\r\nLocation: /x"), "resets": netconftest.Reset, "closes one half": netconftest.HalfClose,
	} {
		p := netconftest.StartFaultProxy(t, "127.0.0.1:0", "", fault, 1<<30)
		req, err := http.NewRequest(http.MethodPost, "http://"+p.Addr().String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var body netconf.Body
		body.Attach(req, b)
		answer, err := client.Do(req)
		if err == nil {
			answer.Body.Close()
		}
		if (err == nil) != (name == "answers early" || name == "redirects") {
			t.Errorf("%s: %v", name, err)
		}
		body.Release()
		clear(b)
	}
}
