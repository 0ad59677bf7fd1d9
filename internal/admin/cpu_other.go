//go:build !unix

package admin

import "runtime/metrics"

// cpuSeconds is the processor time that the process has used, as the Go runtime
// estimates it.
func cpuSeconds() float64 {
	sample := []metrics.Sample{{Name: "/cpu/classes/total:cpu-seconds"}, {Name: "/cpu/classes/idle:cpu-seconds"}}
	metrics.Read(sample)
	return sample[0].Value.Float64() - sample[1].Value.Float64()
}
