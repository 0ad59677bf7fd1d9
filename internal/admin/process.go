package admin

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/metrics"
	"time"
)

// processFigures are what the sampler reads of heka as a process.
type processFigures struct {
	cpu              float64 // seconds
	heap, resident   uint64  // bytes; resident is 0 where the system does not tell
	goroutines, runs int     // runs of the garbage collector
}

func processNow() processFigures {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(samples)
	return processFigures{cpu: cpuSeconds(), heap: samples[0].Value.Uint64(), resident: residentBytes(),
		goroutines: runtime.NumGoroutine(), runs: int(samples[1].Value.Uint64())}
}

// ProcessPoint is one moment of heka's history.
type ProcessPoint struct {
	// Time is in seconds since the epoch.
	Time int64 `json:"time"`
	// CPU is how many processors heka used since the last point.
	CPU float64 `json:"cpu"`
	// HeapBytes are those of objects, ResidentBytes those in memory in all.
	HeapBytes     uint64 `json:"heap_bytes"`
	ResidentBytes uint64 `json:"resident_bytes"`
	Goroutines    int    `json:"goroutines"`
}

// processTrack is what the sampler knows of heka as a process.
type processTrack struct {
	last processFigures
	kept processFigures
	cpu  float64 // processors in use
	history[ProcessPoint]
}

// look enters the figures of now, d after the last ones.
func (t *processTrack) look(p processFigures, now time.Time, d time.Duration, keep bool) {
	if d < 24*time.Hour { // not the first one
		t.cpu = math.Round((p.cpu-t.last.cpu)/d.Seconds()*1000) / 1000
	}
	t.last = p
	if !keep {
		return
	}
	cpu := t.cpu
	if n := len(t.history.kept); n > 0 {
		before := t.history.kept[(t.head+n-1)%n].Time
		cpu = math.Round((p.cpu-t.kept.cpu)/max(float64(now.Unix()-before), 1)*1000) / 1000
	}
	t.kept = p
	t.add(ProcessPoint{now.Unix(), cpu, p.heap, p.resident, p.goroutines})
}

// list returns the points, oldest first.
func (t *processTrack) list() []ProcessPoint {
	list := make([]ProcessPoint, 0, len(t.history.kept))
	t.each(func(p ProcessPoint) { list = append(list, p) })
	return list
}

// openFiles counts the process's open files where the system tells, else -1.
func openFiles() int {
	d, err := os.Open("/proc/self/fd")
	if err != nil {
		return -1
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err != nil {
		return -1
	}
	return len(names) - 1 // without the one that lists them
}

// residentBytes is how much of the process is in memory; 0 where the system does not
// tell.
func residentBytes() uint64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var total, resident uint64
	if n, err := fmt.Sscan(string(b), &total, &resident); n < 2 || err != nil {
		return 0
	}
	return resident * uint64(os.Getpagesize())
}
