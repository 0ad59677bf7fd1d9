package dashboard_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/internal/plugins"
)

func TestMistakesAreNamed(t *testing.T) {
	for lines, want := range map[string]string{
		"address = 'here'":           `address is "here"; it must be host:port`,
		"username = 'u'":             "username needs a password",
		"use_tls = true":             "cert_file",
		"headers = 1":                "headers",
		"control = true":             "control needs a password or a token",
		"colour = 'red'":             "colour",
		"address = ':4352'":          "",
		"token = 'only'":             "",
		"static_directory = 'other'": "",
	} {
		cfg, problems := config.LoadBytes("test.toml", []byte("[DashboardOutput]\n"+lines), config.Options{})
		_, found := pipeline.New(cfg, pipeline.Options{Plugins: plugins.All()})
		problems = append(problems, found...)
		text := fmt.Sprint(problems)
		if want == "" && problems.HasErrors() || !strings.Contains(text, want) {
			t.Errorf("%s: %s", lines, text)
		}
	}
}
