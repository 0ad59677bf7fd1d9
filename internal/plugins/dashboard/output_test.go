package dashboard_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/dashboard"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, map[string]string{"DashboardOutput": "address = \"127.0.0.1:0\"\n"}, dashboard.Plugins()...)
}
