package stats

import "strconv"

// legacyCounts begins the names of counts with legacy_namespaces.
const legacyCounts = "stats_counts."

// names are the beginnings of all names.
type names struct {
	legacy                                     bool
	counters, counts, gauges, timers, sets, us string
	percentiles                                []percentile
}

// percentile is a threshold with the endings of its names.
type percentile struct {
	percent     int
	mean, upper string
}

func newNames(c *AccumConfig) names {
	global := dotted(c.GlobalPrefix)
	n := names{
		legacy:   c.LegacyNamespaces,
		counters: global + dotted(c.CounterPrefix), gauges: global + dotted(c.GaugePrefix),
		timers: global + dotted(c.TimerPrefix), sets: global + dotted(c.SetPrefix), us: global + dotted(c.StatsdPrefix),
	}
	n.counts = n.counters
	if n.legacy {
		n.counters, n.counts, n.us = global, legacyCounts, dotted(c.StatsdPrefix)
	}
	for _, p := range c.thresholds() {
		text := strconv.Itoa(p)
		n.percentiles = append(n.percentiles, percentile{p, ".mean_" + text, ".upper_" + text})
	}
	return n
}

// dotted is a part of a name with the dot behind it.
func dotted(prefix string) string {
	if prefix == "" || prefix[len(prefix)-1] == '.' {
		return prefix
	}
	return prefix + "."
}
