package nagios_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/nagios"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", nagios.Plugins()...)
}

func TestConformance(t *testing.T) { plugintest.Conformance(t, nil, nagios.Plugins()...) }
