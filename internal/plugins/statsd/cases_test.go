package statsd_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/statsd"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, map[string]string{"StatsdInput": `address = "127.0.0.1:0"`}, statsd.Plugins()...)
}
