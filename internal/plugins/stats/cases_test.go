package stats_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/stats"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", stats.Plugins()...)
}

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, nil, stats.Plugins()...)
}
