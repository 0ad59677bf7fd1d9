package cli

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/admin"
)

// order gives an order for each filter over the admin API, which says what came of
// it. The first refusal ends it.
func (o *control) order(c *cobra.Command, action string, filters []controlled) error {
	a := adminFlags{address: o.admin, config: defaultConfig, caFile: o.TLS.RootCAFile}
	if c.Flags().Changed("config") {
		a.config = o.config
	}
	client, err := a.client(c)
	if err != nil {
		return err
	}
	for _, f := range filters {
		var done admin.SandboxResult
		if action == "unload" {
			q := url.Values{}
			if o.manager != "" {
				q.Set("manager", o.manager)
			}
			if o.purge {
				q.Set("purge", "true")
			}
			err = client.Do(c.Context(), http.MethodDelete, "/api/v1/sandboxes/"+url.PathEscape(f.name), q, nil, &done)
		} else {
			err = client.Do(c.Context(), http.MethodPost, "/api/v1/sandboxes", nil,
				admin.SandboxOrder{Manager: o.manager, Config: f.config, Script: f.script, Replace: o.replace}, &done)
		}
		if err != nil {
			return refused(err)
		}
		fmt.Fprintf(c.OutOrStdout(), "%s of filter %q done by %s\n", action, done.Name, done.Manager)
	}
	return nil
}
