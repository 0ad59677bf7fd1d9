package container_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/container"
	"github.com/hekad/heka/internal/plugins/decode"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", append(container.Plugins(), decode.Plugins()...)...)
}

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, nil, container.Plugins()...)
}
