package sandbox_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/sandbox"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestManager(t *testing.T) {
	plugintest.Cases(t, "testdata/manager/*.txtar", sandbox.Plugins()...)
}
