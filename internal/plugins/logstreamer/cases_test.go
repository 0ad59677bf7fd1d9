package logstreamer_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/logstreamer"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", logstreamer.Plugins()...)
}

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, map[string]string{"LogstreamerInput": `file_match = 'x\.log'`}, logstreamer.Plugins()...)
}
