package syslog_test

import (
	"slices"
	"testing"

	"github.com/hekad/heka/internal/plugins/split"
	"github.com/hekad/heka/internal/plugins/syslog"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", slices.Concat(syslog.Plugins(), split.Plugins())...)
}

func TestConformance(t *testing.T) {
	for _, framing := range []string{"auto", "octet-counting", "lines"} {
		t.Run(framing, func(t *testing.T) {
			plugintest.Conformance(t, map[string]string{"SyslogSplitter": "framing = '" + framing + "'"}, syslog.Plugins()...)
		})
	}
}
