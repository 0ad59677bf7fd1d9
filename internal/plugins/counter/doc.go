// Package counter has CounterFilter, which counts messages and tells their rate.
package counter
