package elasticsearch

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/hekad/heka/internal/bulk"
	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

const (
	// datagram is the size at which a datagram is closed, maxDatagram the largest
	// there is.
	datagram, maxDatagram = 65000, 65507
)

// udpSender implements bulk.Sender: a request is a datagram, and nobody answers.
type udpSender struct {
	address string
	encode  func([]byte, *plugin.Pack) ([]byte, error)
	timeout time.Duration
	conn    net.Conn // nil while there is none
}

// udpOutput is the ElasticSearchOutput plugin for a udp server.
type udpOutput struct {
	*bulk.Output
	sender *udpSender
}

// Close implements plugin.Closer.
func (o *udpOutput) Close() error {
	err := o.Output.Close()
	if o.sender.conn != nil {
		o.sender.conn.Close()
		o.sender.conn = nil
	}
	return err
}

// Encode implements bulk.Sender.
func (s *udpSender) Encode(dst []byte, p *plugin.Pack, _ *bulk.Item) ([]byte, error) {
	begin := len(dst)
	dst, err := s.encode(dst, p)
	if n := len(dst) - begin; err == nil && n > maxDatagram {
		err = plugin.Refused("too_big", fmt.Errorf("%d bytes do not fit a datagram of %d", n, maxDatagram))
	}
	return dst, err
}

// Send implements bulk.Sender.
func (s *udpSender) Send(ctx context.Context, r *bulk.Request) error {
	if s.conn == nil {
		d := netconf.Dialer{Timeout: s.timeout}
		conn, err := d.DialContext(ctx, "udp", s.address)
		if err != nil {
			return fmt.Errorf("Error creating UDP client: %w", err)
		}
		s.conn = conn
	}
	if _, err := s.conn.Write(r.Body()); err != nil {
		s.conn.Close()
		s.conn = nil
		return fmt.Errorf("Error writing data to UDP server: %w", err)
	}
	return nil
}
