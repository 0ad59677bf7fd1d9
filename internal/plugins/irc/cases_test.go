package irc_test

import (
	"slices"
	"testing"

	"github.com/hekad/heka/internal/plugins/encode"
	"github.com/hekad/heka/internal/plugins/irc"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", slices.Concat(irc.Plugins(), encode.Plugins())...)
}

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, map[string]string{
		"IrcOutput": "server = '127.0.0.1:1'\nnick = 'a'\nident = 'a'\nchannels = ['#a']",
	}, irc.Plugins()...)
}
