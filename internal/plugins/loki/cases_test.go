package loki_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/loki"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, nil, loki.Plugins()...)
}
