package elasticsearch_test

import (
	"slices"
	"testing"

	"github.com/hekad/heka/internal/plugins/elasticsearch"
	"github.com/hekad/heka/internal/plugins/encode"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", slices.Concat(elasticsearch.Plugins(), encode.Plugins())...)
}

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, nil, elasticsearch.Plugins()...)
}
