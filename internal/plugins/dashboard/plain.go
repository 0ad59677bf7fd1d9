package dashboard

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// plainCategory is one table of the page without scripts.
type plainCategory struct {
	Name    string
	Plugins []plainPlugin
}

// plainPlugin is one plugin with its values, sorted by name.
type plainPlugin struct {
	Name   string
	Values []string
}

// readReport reads a report file into tables; no file is no tables.
func readReport(path string) ([]plainCategory, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var report map[string][]map[string]json.RawMessage
	if err := json.Unmarshal(b, &report); err != nil {
		return nil, fmt.Errorf("reading %s: %w", reportFile, err)
	}
	var all []plainCategory
	for name, members := range report {
		c := plainCategory{Name: name}
		for _, m := range members {
			c.Plugins = append(c.Plugins, plainValues(m))
		}
		slices.SortFunc(c.Plugins, func(a, b plainPlugin) int { return strings.Compare(a.Name, b.Name) })
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b plainCategory) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

func plainValues(m map[string]json.RawMessage) plainPlugin {
	var p plainPlugin
	for key, raw := range m {
		if key == "Name" {
			_ = json.Unmarshal(raw, &p.Name) // else it stays empty
			continue
		}
		var v struct {
			Value          any
			Representation string
		}
		if json.Unmarshal(raw, &v) == nil {
			unit := v.Representation
			if unit == "count" {
				unit = ""
			}
			p.Values = append(p.Values, strings.TrimSpace(fmt.Sprintf("%s: %v %s", key, v.Value, unit)))
		}
	}
	slices.Sort(p.Values)
	return p
}
