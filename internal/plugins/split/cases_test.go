package split_test

import (
	"slices"
	"testing"

	"github.com/hekad/heka/internal/plugins/decode"
	"github.com/hekad/heka/internal/plugins/split"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", slices.Concat(split.Plugins(), decode.Plugins())...)
}

func TestConformance(t *testing.T) {
	for name, minimal := range map[string]map[string]string{
		"defaults": nil,
		"options": {
			"TokenSplitter":           "delimiter = ';'\ncount = 3",
			"RegexSplitter":           "delimiter = '\\n(<)'\ndelimiter_eol = false",
			"PatternGroupingSplitter": "preset = 'java'",
			"HekaFramingSplitter":     "[HekaFramingSplitter.signer.ops_1]\nhmac_key = 'testkey'",
		},
		"grouping": {"PatternGroupingSplitter": "grouping = '^[a\\x1e]'\nmax_lines = 3"},
	} {
		t.Run(name, func(t *testing.T) { plugintest.Conformance(t, minimal, split.Plugins()...) })
	}
}
