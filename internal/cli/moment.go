package cli

import (
	"fmt"
	"strconv"
	"time"
)

// momentLayouts are the forms of a time on the command line.
var momentLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly}

// momentForms tells how a time is written.
const momentForms = "2006-01-02 15:04:05, RFC 3339, or nanoseconds since 1970"

// moment reads a time: nanoseconds since 1970, or one of momentLayouts, in a zone
// where the text names none.
func moment(text string, zone *time.Location) (int64, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	for _, layout := range momentLayouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.UnixNano(), nil
		}
	}
	return 0, fmt.Errorf("%q is no time; write "+momentForms, text)
}

// momentOrAgo reads a time, or a duration that is taken off now.
func momentOrAgo(text string, now time.Time, zone *time.Location) (int64, error) {
	if d, err := time.ParseDuration(text); err == nil && text != "0" {
		return now.Add(-d).UnixNano(), nil
	}
	ns, err := moment(text, zone)
	if err != nil {
		return 0, fmt.Errorf("%w; or a duration such as 15m for 15 minutes ago", err)
	}
	return ns, nil
}
