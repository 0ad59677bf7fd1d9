package counter_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/counter"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", counter.Plugins()...)
}

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, nil, counter.Plugins()...)
}
