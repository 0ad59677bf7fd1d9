package file_test

import (
	"slices"
	"testing"

	"github.com/hekad/heka/internal/plugins/encode"
	"github.com/hekad/heka/internal/plugins/file"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", slices.Concat(file.Plugins(), encode.Plugins())...)
}

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, map[string]string{"FileOutput": `path = "out.log"`}, file.Plugins()...)
}
