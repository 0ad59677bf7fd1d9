package prometheus_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/prometheus"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, map[string]string{
		"PrometheusInput":             `urls = "http://127.0.0.1:1/metrics"`,
		"PrometheusRemoteWriteOutput": `url = "http://127.0.0.1:1/api/v1/write"`,
	}, prometheus.Plugins()...)
}
