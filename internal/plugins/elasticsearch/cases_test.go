package elasticsearch_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/elasticsearch"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, nil, elasticsearch.Plugins()...)
}
