package encode_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/encode"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", encode.Plugins()...)
}

func TestConformance(t *testing.T) {
	for name, minimal := range map[string]map[string]string{
		"defaults": nil,
		"options": {
			"PayloadEncoder": "prefix_ts = true",
			"RstEncoder":     "escape = true",
			"ESJsonEncoder": `index = "%{Type}-%{a.b}-%{%Y}"
				id = "%{UUID}-%{bytes}"
				fields = ["DynamicFields", "Timestamp", "Payload", "Uuid"]
				raw_bytes_fields = ["bytes", ""]
				replace_dots_with = "\""`,
			"ESLogstashV0Encoder": "use_message_type = true\nbytes_base64 = true",
		},
	} {
		t.Run(name, func(t *testing.T) { plugintest.Conformance(t, minimal, encode.Plugins()...) })
	}
}
