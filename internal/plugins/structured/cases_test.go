package structured_test

import (
	"slices"
	"testing"

	"github.com/hekad/heka/internal/plugins/split"
	"github.com/hekad/heka/internal/plugins/structured"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", slices.Concat(structured.Plugins(), split.Plugins())...)
}

func TestConformance(t *testing.T) {
	const naming = `payload_keep = true
		message_type = "x"
		types = {b = "integer", "c.d" = "double", a = "boolean"}
		headers = {Severity = "level"}`
	plugintest.Conformance(t, map[string]string{
		"JsonDecoder": naming, "LogfmtDecoder": naming,
		"CsvDecoder": naming + "\ncolumns = ['a', 'b', 'Payload']\nallow_missing = true",
	}, structured.Plugins()...)
}
