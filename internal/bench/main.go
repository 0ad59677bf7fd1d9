// Command bench measures the real heka binary on generated data and prints
// throughput, CPU time and memory, as ratios to a limit program that does the
// same work in plain Go without any of heka's promises. Both run in turns within
// one run, since a number from another day proves nothing.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	var b bench
	flag.StringVar(&b.heka, "heka", "bin/heka", "binary to measure")
	flag.IntVar(&b.n, "n", 1_000_000, "messages in each workload")
	flag.IntVar(&b.rounds, "rounds", 3, "rounds; the median counts")
	flag.StringVar(&b.dir, "dir", defaultDir(), "directory for data; one in memory keeps the disk out of the numbers")
	only := flag.String("only", "", "comma-separated names of workloads")
	flag.Parse()
	if err := b.run(*only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func defaultDir() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm/heka-bench"
	}
	return filepath.Join(os.TempDir(), "heka-bench")
}

// bench is one run of all workloads.
type bench struct {
	heka, limit, dir string
	n, rounds        int
}

// workload is one row of the table.
type workload struct {
	name, what string
	run        func(b *bench) (result, error)
	goal       func(r, limit result) string // "" when reached
	limit      string                       // name of the row to compare with
	onDemand   bool                         // only when it is named
}

func (b *bench) run(only string) error {
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return err
	}
	if err := b.build(); err != nil {
		return err
	}
	if err := b.generate(); err != nil {
		return err
	}
	chosen := slices.DeleteFunc(slices.Concat(workloads, luaWorkloads, logstreamWorkloads, deliveryWorkloads, statsWorkloads, connectionWorkloads, httpWorkloads, tapWorkloads), func(w workload) bool {
		return w.onDemand && only == "" || only != "" && !slices.Contains(strings.Split(only, ","), w.name)
	})
	results := make(map[string][]result)
	for round := range b.rounds {
		for _, w := range chosen {
			r, err := w.run(b)
			if err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			results[w.name] = append(results[w.name], r)
			fmt.Fprintf(os.Stderr, "round %d  %-10s %s\n", round+1, w.name, r)
		}
	}
	fmt.Printf("%-11s %-52s %12s %10s %9s %8s  %s\n", "workload", "what", "per second", "CPU s/M", "peak MB", "of limit", "goal")
	for _, w := range chosen {
		r := median(results[w.name])
		ratio, goal := "", "–"
		limit := median(results[w.limit])
		if limit.perSecond > 0 {
			ratio = fmt.Sprintf("%.2f", r.perSecond/limit.perSecond)
		}
		if w.goal != nil {
			if goal = w.goal(r, limit); goal == "" {
				goal = "reached"
			}
		}
		if r.worst > 0 {
			goal = fmt.Sprintf("%s; %v, 99 %% within %v", goal, r.typical, r.worst)
		}
		if r.note != "" {
			goal = strings.TrimPrefix(goal+"; "+r.note, "–; ")
		}
		rate, cpu := fmt.Sprintf("%.0f", r.perSecond), fmt.Sprintf("%.2f", r.cpuPerMillion)
		if r.perSecond == 0 {
			rate, cpu = "", ""
		}
		fmt.Printf("%-11s %-52s %12s %10s %9.1f %8s  %s\n", w.name, w.what, rate, cpu, r.rssMB, ratio, goal)
	}
	return nil
}

// median is the result with the median throughput.
func median(rs []result) result {
	if len(rs) == 0 {
		return result{}
	}
	rs = slices.Clone(rs)
	slices.SortFunc(rs, func(a, b result) int {
		if a.perSecond < b.perSecond {
			return -1
		}
		return 1
	})
	return rs[len(rs)/2]
}
