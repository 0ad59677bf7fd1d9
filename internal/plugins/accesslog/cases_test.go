package accesslog_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/accesslog"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", accesslog.Plugins()...)
}

func TestConformance(t *testing.T) {
	for name, options := range map[string]string{
		"nginx":  "log_format = 'combined'\nuser_agent_transform = true",
		"apache": "log_format = 'vhost_combined'\nformat = 'apache'\npayload_keep = true",
	} {
		t.Run(name, func(t *testing.T) {
			plugintest.Conformance(t, map[string]string{"AccessLogDecoder": options}, accesslog.Plugins()...)
		})
	}
}
