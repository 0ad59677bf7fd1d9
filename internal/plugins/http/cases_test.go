package http_test

import (
	"slices"
	"testing"

	"github.com/hekad/heka/internal/plugins/encode"
	"github.com/hekad/heka/internal/plugins/http"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", slices.Concat(http.Plugins(), encode.Plugins())...)
}

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, map[string]string{
		"HttpInput":  `url = "http://127.0.0.1:1/"`,
		"HttpOutput": `address = "http://127.0.0.1:1/"`,
	}, http.Plugins()...)
}
