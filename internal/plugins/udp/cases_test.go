package udp_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/udp"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, map[string]string{
		"UdpInput":  `address = "127.0.0.1:0"`,
		"UdpOutput": `address = "127.0.0.1:1"`,
	}, udp.Plugins()...)
}
