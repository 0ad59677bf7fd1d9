// Package plugins lists the built-in plugin types.
package plugins

import (
	"slices"

	"github.com/hekad/heka/internal/plugins/accesslog"
	"github.com/hekad/heka/internal/plugins/container"
	"github.com/hekad/heka/internal/plugins/counter"
	"github.com/hekad/heka/internal/plugins/dashboard"
	"github.com/hekad/heka/internal/plugins/decode"
	"github.com/hekad/heka/internal/plugins/elasticsearch"
	"github.com/hekad/heka/internal/plugins/encode"
	"github.com/hekad/heka/internal/plugins/file"
	"github.com/hekad/heka/internal/plugins/geoip"
	"github.com/hekad/heka/internal/plugins/graphite"
	"github.com/hekad/heka/internal/plugins/http"
	"github.com/hekad/heka/internal/plugins/influx"
	"github.com/hekad/heka/internal/plugins/irc"
	"github.com/hekad/heka/internal/plugins/logoutput"
	"github.com/hekad/heka/internal/plugins/logstreamer"
	"github.com/hekad/heka/internal/plugins/loki"
	"github.com/hekad/heka/internal/plugins/nagios"
	"github.com/hekad/heka/internal/plugins/process"
	"github.com/hekad/heka/internal/plugins/prometheus"
	"github.com/hekad/heka/internal/plugins/sandbox"
	"github.com/hekad/heka/internal/plugins/smtp"
	"github.com/hekad/heka/internal/plugins/split"
	"github.com/hekad/heka/internal/plugins/stats"
	"github.com/hekad/heka/internal/plugins/statsd"
	"github.com/hekad/heka/internal/plugins/structured"
	"github.com/hekad/heka/internal/plugins/syslog"
	"github.com/hekad/heka/internal/plugins/tcp"
	"github.com/hekad/heka/internal/plugins/udp"
	"github.com/hekad/heka/plugin"
)

// All returns the built-in plugin types and extra ones; of two with the same
// type name the later stays.
func All(extra ...plugin.Plugin) []plugin.Plugin {
	all := slices.Concat(
		accesslog.Plugins(),
		container.Plugins(),
		counter.Plugins(),
		dashboard.Plugins(),
		decode.Plugins(),
		elasticsearch.Plugins(),
		encode.Plugins(),
		file.Plugins(),
		geoip.Plugins(),
		http.Plugins(),
		graphite.Plugins(),
		influx.Plugins(),
		irc.Plugins(),
		logoutput.Plugins(),
		logstreamer.Plugins(),
		loki.Plugins(),
		nagios.Plugins(),
		process.Plugins(),
		prometheus.Plugins(),
		sandbox.Plugins(),
		smtp.Plugins(),
		split.Plugins(),
		stats.Plugins(),
		statsd.Plugins(),
		structured.Plugins(),
		syslog.Plugins(),
		tcp.Plugins(),
		udp.Plugins(),
		extra,
	)
	at := make(map[string]int, len(all))
	list := all[:0]
	for _, p := range all {
		if i, ok := at[p.Type]; ok {
			list[i] = p
			continue
		}
		at[p.Type] = len(list)
		list = append(list, p)
	}
	return list
}
