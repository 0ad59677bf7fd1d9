package message

import "strconv"

// SeverityMap is a decoder's severity_map: texts and their severities.
type SeverityMap map[string]int32

// Parse returns the severity of text: what the map has for exactly this text,
// else text as a decimal number of 32 bits. ok is false when it is neither.
func (s SeverityMap) Parse(text string) (severity int32, ok bool) {
	if n, ok := s[text]; ok {
		return n, true
	}
	n, err := strconv.ParseInt(text, 10, 32)
	return int32(n), err == nil
}
