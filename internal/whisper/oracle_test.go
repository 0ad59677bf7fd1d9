//go:build services

package whisper

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// oracle creates and updates a file with Graphite's own library as carbon does, and
// prints all that can be fetched from both files, archive by archive.
const oracle = `
import json, sys, whisper
job = json.load(sys.stdin)
archives = [(a["Step"], a["Points"]) for a in job["archives"]]
methods = {1: "average", 2: "sum", 3: "last", 4: "max", 5: "min", 6: "avg_zero", 7: "absmax", 8: "absmin"}
whisper.create(job["theirs"], archives, xFilesFactor=job["factor"], aggregationMethod=methods[job["method"]])
for u in job["updates"]:
    whisper.update_many(job["theirs"], [(p["Time"], p["Value"]) for p in u["points"]], now=u["now"])
now = job["updates"][-1]["now"]
for path in (job["ours"], job["theirs"]):
    with open(path, "rb") as fh:
        info = whisper.info(path)
        out = []
        for a in info["archives"]:
            out.append(whisper.fetch(path, now - a["retention"], now, now=now, archiveToSelect=a["secondsPerPoint"]))
        print(json.dumps([info, out], sort_keys=True))
`

// call is one call of Update.
type call struct {
	Now    uint32  `json:"now"`
	Points []Point `json:"points"`
}

// TestFilesEqualCarbons feeds both with the same random updates: late points, gaps,
// several points in an interval, and jumps over whole archives.
func TestFilesEqualCarbons(t *testing.T) {
	if _, err := exec.LookPath("/usr/bin/python3"); err != nil {
		t.Fatalf("%v; run testdata/services/install", err)
	}
	layouts := [][]Archive{
		{{1, 60}, {5, 60}, {60, 30}},
		{{10, 60}, {60, 80}},
		{{60, 1440}, {900, 97}, {3600, 168}, {43200, 1456}},
		{{7, 13}},
		{{2, 5}, {10, 3}, {30, 2}},
	}
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 7))
		l := Layout{Archives: layouts[seed%5], Method: Method(1 + seed%8), XFilesFactor: []float32{0.1, 0, 0.5, 1}[seed%4]}
		t.Run(fmt.Sprint(seed), func(t *testing.T) { compare(t, r, l) })
	}
}

func compare(t *testing.T, r *rand.Rand, l Layout) {
	dir := t.TempDir()
	ours, theirs := filepath.Join(dir, "ours.wsp"), filepath.Join(dir, "theirs.wsp")
	f, err := Create(ours, 0o600, l)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	updates := randomUpdates(r, l)
	for _, u := range updates {
		if _, err := f.Update(append([]Point(nil), u.Points...), u.Now); err != nil {
			t.Fatal(err)
		}
	}
	job, err := json.Marshal(map[string]any{"ours": ours, "theirs": theirs, "archives": l.Archives,
		"method": l.Method, "factor": l.XFilesFactor, "updates": updates})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/bin/python3", "-c", oracle)
	cmd.Stdin = strings.NewReader(string(job))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("python3 with whisper (run testdata/services/install): %v\n%s", err, out)
	}
	a, b, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if a != b || !strings.Contains(a, "archives") {
		t.Errorf("%+v\nours   %.3000s\ntheirs %.3000s", l, a, b)
	}
}

// randomUpdates makes updates in which no two points have the same time.
func randomUpdates(r *rand.Rand, l Layout) []call {
	reach := l.maxRetention()
	now := uint32(1_700_000_000 + r.IntN(1e6))
	var all []call
	for range 60 {
		u := call{Now: now, Points: []Point{}}
		seen := map[uint32]bool{}
		for range r.IntN(12) {
			age := r.Int64N(int64(l.Archives[0].Step) * 4)
			if r.IntN(4) == 0 {
				age = r.Int64N(reach)
			}
			if p := (Point{now - uint32(age), float64(r.IntN(2000)-1000) / 8}); !seen[p.Time] {
				seen[p.Time] = true
				u.Points = append(u.Points, p)
			}
		}
		all = append(all, u)
		now += uint32(r.IntN(3 * int(l.Archives[0].Step)))
		if r.IntN(15) == 0 {
			now += uint32(r.Int64N(reach))
		}
	}
	return all
}
