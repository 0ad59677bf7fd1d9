package influx_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/influx"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", influx.Plugins()...)
}

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, nil, influx.Plugins()...)
}
