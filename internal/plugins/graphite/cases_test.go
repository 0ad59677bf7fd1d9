package graphite_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/graphite"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", graphite.Plugins()...)
}

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, nil, graphite.Plugins()...)
}
