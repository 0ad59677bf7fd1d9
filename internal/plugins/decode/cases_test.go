package decode_test

import (
	"slices"
	"testing"

	"github.com/hekad/heka/internal/plugins/decode"
	"github.com/hekad/heka/internal/plugins/split"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", slices.Concat(decode.Plugins(), split.Plugins())...)
}

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, map[string]string{
		"ScribbleDecoder": `message_fields = {Type = "web", "a|b" = "c"}`,
		"PayloadRegexDecoder": `match_regex = '^(?P<Timestamp>\S+) (?P<Severity>\S*)(.*)'
			message_fields = {Type = "%3%", rest = "%3% and %Payload%", Pid = "%Severity%"}
			log_errors = true`,
		"PayloadXmlDecoder": `xpath_map = {Timestamp = "//@a", Severity = "//b", x = "/"}
			message_fields = {Type = "%x%", Pid = "%Severity%"}`,
		"GrokDecoder": `match = ['^%{NUMBER:n:float} %{WORD:Severity}', '%{SYSLOGPROG}', '%{GREEDYDATA:all}']`,
		"MultiDecoder": `subs = ["one", "two"]
			cascade_strategy = "all"`,
	}, decode.Plugins()...)
}
