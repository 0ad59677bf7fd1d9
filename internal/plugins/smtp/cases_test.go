package smtp_test

import (
	"slices"
	"testing"

	"github.com/hekad/heka/internal/plugins/encode"
	"github.com/hekad/heka/internal/plugins/smtp"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/*.txtar", slices.Concat(smtp.Plugins(), encode.Plugins())...)
}

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, map[string]string{"SmtpOutput": `send_to = ["ops@example.com"]`}, smtp.Plugins()...)
}
