package tcp_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/tcp"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, map[string]string{"TcpInput": `address = "127.0.0.1:0"`}, tcp.Plugins()...)
}
