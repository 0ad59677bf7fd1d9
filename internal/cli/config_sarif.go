package cli

import (
	"encoding/json"
	"io"
	"path/filepath"

	"github.com/hekad/heka/internal/config"
)

// The parts of SARIF 2.1.0, the form in which code scanners take findings, that
// are written.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	sarifResult struct {
		Level     string          `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		Line   int `json:"startLine"`
		Column int `json:"startColumn"`
	}
)

// reportSARIF writes one run of what was found.
func reportSARIF(w io.Writer, x *examined) error {
	run := sarifRun{Tool: sarifTool{sarifDriver{"heka config check", Version}}, Results: []sarifResult{}}
	for _, p := range x.problems {
		r := sarifResult{Level: "error"}
		if p.Severity == config.Warning {
			r.Level = "warning"
		}
		if p.Pos.File != "" {
			place := sarifPhysical{Artifact: sarifArtifact{filepath.ToSlash(p.Pos.File)}}
			if p.Pos.Line > 0 {
				place.Region = &sarifRegion{p.Pos.Line, p.Pos.Col}
			}
			r.Locations = []sarifLocation{{place}}
		}
		p.Pos, p.Severity = config.Pos{}, config.Error // are said already
		r.Message.Text = p.String()
		run.Results = append(run.Results, r)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}
