package process_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/process"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", process.Plugins()...)
}

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, map[string]string{
		"FilePollingInput": "file_path = 'x'", "ProcessInput": "[ProcessInput.command.0]\nbin = 'true'",
	}, process.Plugins()...)
}
