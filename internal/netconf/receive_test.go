package netconf

import (
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

func TestDatagramsAreReadTogetherAndCut(t *testing.T) {
	socket, err := ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	conn, err := net.Dial("udp", socket.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	sent := []string{"a", "", "exact", "longer than it", "b"}
	for _, d := range sent {
		if _, err := conn.Write([]byte(d)); err != nil {
			t.Fatal(err)
		}
	}
	d := NewDatagrams(socket, 3, len("exact"))
	socket.SetReadDeadline(time.Now().Add(time.Minute))
	var got []string
	cuts := 0
	for len(got) < len(sent) {
		some, cut, err := d.Read()
		if err != nil || len(some) == 0 || len(some) > 3 {
			t.Fatalf("%d datagrams, %v", len(some), err)
		}
		for _, b := range some {
			got = append(got, string(b))
		}
		cuts += cut
	}
	if strings.Join(got, "|") != "a||exact|longe|b" || cuts != 1 {
		t.Errorf("got %q, %d cut", got, cuts)
	}
	socket.SetReadDeadline(time.Unix(1, 0))
	if _, _, err := d.Read(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after the deadline: %v", err)
	}
}
