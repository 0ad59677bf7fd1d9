package stats

import (
	"errors"
	"slices"

	_ "embed" // for configSource

	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// AccumConfig is the configuration of StatAccumInput, which gathers measurements
// from StatsdInput, StatFilter and others within heka, and sends their sums and
// summaries at each ticker_interval. It does so also when nothing came in, and
// once more when heka ends.
//
// A message has lines of the form "name value time" in its payload, as Graphite
// takes them, or a field for each value, or both. What would exceed
// max_message_size is spread over several messages.
//
//	[stat_accum]
//	type = "StatAccumInput"
//	ticker_interval = 10
//	percent_threshold = [90, 99]
type AccumConfig struct {
	// Put values into the payload, one line each.
	EmitInPayload bool `toml:"emit_in_payload"`
	// Put values into fields, behind a field timestamp (Unix seconds).
	EmitInFields bool `toml:"emit_in_fields"`
	// Percentiles of timers: 90 makes upper_90 and mean_90, which leave out the
	// tenth with the highest values. Not set is [90].
	PercentThreshold []int `toml:"percent_threshold" min:"0" max:"100" single:"true"`
	// Seconds between two messages.
	TickerInterval uint `toml:"ticker_interval" unit:"s"`
	// Type of the messages.
	MessageType string `toml:"message_type"`
	// Name counters as statsd did before its version 0.6: PREFIX.NAME for the
	// rate and stats_counts.NAME for the count.
	LegacyNamespaces bool `toml:"legacy_namespaces"`
	// First part of all names; empty is none.
	GlobalPrefix string `toml:"global_prefix"`
	// Second part of the names of counters. Not used with legacy_namespaces.
	CounterPrefix string `toml:"counter_prefix"`
	// Second part of the names of timers.
	TimerPrefix string `toml:"timer_prefix"`
	// Second part of the names of gauges.
	GaugePrefix string `toml:"gauge_prefix"`
	// Second part of the names of sets.
	SetPrefix string `toml:"set_prefix"`
	// Second part of the names of values about the accumulator itself.
	StatsdPrefix string `toml:"statsd_prefix"`
	// Forget what had no measurement since the last message. Otherwise counters
	// and timers repeat with 0 and gauges with their last value.
	DeleteIdleStats bool `toml:"delete_idle_stats"`
	// Take gauges with a sign as changes: +3 adds 3 to the gauge, -3 takes 3 off.
	// Otherwise they set it to 3 and -3.
	SignedGauges bool `toml:"signed_gauges"`
	// Most names at a time. Measurements with further ones are dropped and
	// counted. 0 is no limit.
	MaxStats int `toml:"max_stats" min:"0"`
	// Most values of timers and members of sets between two messages. Further
	// ones are dropped and counted. 0 is no limit.
	MaxValues int `toml:"max_values" min:"0"`
}

// Check finds mistakes that span options.
func (c *AccumConfig) Check() error {
	var errs []error
	if !c.EmitInPayload && !c.EmitInFields {
		errs = append(errs, plugin.BadOption("emit_in_payload",
			"One of either `EmitInPayload` or `EmitInFields` must be set to true."))
	}
	if c.TickerInterval == 0 {
		errs = append(errs, plugin.BadOption("ticker_interval", "TickerInterval must be greater than 0."))
	}
	return errors.Join(errs...)
}

// FilterConfig is the configuration of StatFilter, which takes measurements from
// messages and hands them to a StatAccumInput.
//
//	[nginx_stats]
//	type = "StatFilter"
//	message_matcher = "Type == 'nginx.access'"
//
//	  [nginx_stats.metric.status]
//	  type = "Counter"
//	  name = "web.%Hostname%.status.%status%"
//	  value = "1"
//	  replace_dot = true
//
//	  [nginx_stats.metric.time]
//	  type = "Timer"
//	  name = "web.%Hostname%.request_time"
//	  value = "%request_time%"
//	  replace_dot = true
type FilterConfig struct {
	// Name of the StatAccumInput's section.
	StatAccumName string `toml:"stat_accum_name"`
	// The measurements, each a sub-section with a name of its own. Of each
	// message they are taken in the order of these names.
	Metric map[string]MetricConfig `toml:"metric"`
}

// MetricConfig is one measurement. In name and value %NAME% stands for the header
// Logger, Hostname, Type or Payload, or for the last field of that name, of which
// it is the first value. A name that the message does not have becomes <NAME>; if
// that happens in the value, nothing is measured.
type MetricConfig struct {
	// What the value is: a Counter adds it up, a Timer summarises it, a Gauge
	// keeps the last one.
	Type string `toml:"type" oneof:"Counter,Timer,Gauge" required:"true"`
	// Name of the measurement.
	Name string `toml:"name"`
	// The measured value.
	Value string `toml:"value"`
	// Write each dot of what is filled in to the name as _, since dots separate
	// the parts of a name.
	ReplaceDot bool `toml:"replace_dot"`
}

// Plugins declares StatAccumInput and StatFilter.
func Plugins() []plugin.Plugin {
	const interval = 10
	return []plugin.Plugin{
		plugin.NewInput("StatAccumInput", AccumConfig{
			EmitInPayload: true, TickerInterval: interval, MessageType: "heka.statmetric",
			GlobalPrefix: "stats", CounterPrefix: "counters", TimerPrefix: "timers", GaugePrefix: "gauges",
			SetPrefix: "sets", StatsdPrefix: "statsd", MaxStats: 1_000_000, MaxValues: 10_000_000,
		}, newAccum, plugin.Docs(configSource),
			plugin.InputDefaults(func(o *plugin.InputOptions) { o.TickerInterval = interval })),
		plugin.NewFilter("StatFilter", FilterConfig{StatAccumName: "StatAccumInput"}, newFilter, plugin.Docs(configSource)),
	}
}

// thresholds returns the percentiles in order, each once.
func (c *AccumConfig) thresholds() []int {
	if c.PercentThreshold == nil {
		return []int{90}
	}
	return slices.Compact(slices.Sorted(slices.Values(c.PercentThreshold)))
}
