package accesslog

import (
	"strings"

	"github.com/hekad/heka/message"
)

// KeepUserAgent says which of the user agents stay as http_user_agent beside
// the fields that are made of them.
type KeepUserAgent uint8

// KeepNone drops all, KeepUnrecognized keeps those without a known browser and
// KeepAll keeps all.
const (
	KeepNone KeepUserAgent = iota
	KeepUnrecognized
	KeepAll
)

// userAgentField is the name of the field that is transformed.
const userAgentField = "http_user_agent"

// TransformUserAgent lets Parse make the fields user_agent_browser,
// user_agent_version (a number) and user_agent_os, as far as they are known, of
// http_user_agent. A format without that field is left as it is.
func (f *Format) TransformUserAgent(keep KeepUserAgent) {
	for i := range f.fields {
		if f.fields[i].name == userAgentField {
			f.agentField = i
			f.agents = &agentCache{keep: keep, known: make(map[string]agent)}
		}
	}
}

// agent is what a user agent says about itself.
type agent struct {
	browser   string // "" when unknown
	os        string // "" when unknown
	version   float64
	versioned bool
}

// Bounds of the cache: it holds at most maxAgents texts of at most maxAgentSize
// bytes.
const (
	maxAgents    = 1024
	maxAgentSize = 512
)

// agentCache knows the latest user agents.
type agentCache struct {
	keep  KeepUserAgent
	known map[string]agent
}

// add adds the fields of a user agent to m.
//
// hot: once per line; allocates for a user agent that is not in the cache.
func (c *agentCache) add(m *message.Message, text string) {
	a, ok := c.known[text]
	if !ok {
		a = c.learn(text)
	}
	if c.keep == KeepAll || c.keep == KeepUnrecognized && a.browser == "" {
		m.AddString(userAgentField, text)
	}
	if a.browser != "" {
		m.AddString("user_agent_browser", a.browser)
	}
	if a.versioned {
		m.AddDouble("user_agent_version", a.version, "")
	}
	if a.os != "" {
		m.AddString("user_agent_os", a.os)
	}
}

func (c *agentCache) learn(text string) agent {
	a := parseAgent(text)
	if len(text) > maxAgentSize {
		return a
	}
	if len(c.known) >= maxAgents {
		clear(c.known)
	}
	c.known[strings.Clone(text)] = a
	return a
}

// systems are the marks of operating systems in the order of their weight.
var systems = [...]struct{ mark, os string }{
	{"iPod", "iPod"},
	{"iPad", "iPad"},
	{"iPhone", "iPhone"},
	{"Android", "Android"},
	{"BlackBerry", "BlackBerry"},
	{"Linux", "Linux"},
	{"Macintosh", "Macintosh"},
	{"Mozilla/5.0 (Mobile;", "FirefoxOS"},
	{"Windows NT 10.0", "Windows 10"},
	{"Windows NT 6.3", "Windows 8.1"},
	{"Windows NT 6.2", "Windows 8"},
	{"Windows NT 6.1", "Windows 7"},
	{"Windows NT 6.0", "Windows Vista"},
	{"Windows NT 5.1", "Windows XP"},
	{"Windows NT 5.0", "Windows 2000"},
}

// browsers are the marks of browsers in the order of their weight, and what
// stands before the version; "" is the last slash.
var browsers = [...]struct{ name, before string }{
	{"Chrome", "Chrome/"},
	{"Opera Mini", ""},
	{"Opera Mobi", ""},
	{"Opera", ""},
	{"MSIE", "MSIE "},
	{"Safari", ""},
	{"Firefox", "Firefox/"},
}

func parseAgent(text string) (a agent) {
	for _, s := range systems {
		if strings.Contains(text, s.mark) {
			a.os = s.os
			break
		}
	}
	for _, b := range browsers {
		if !strings.Contains(text, b.name) {
			continue
		}
		a.browser = b.name
		at := strings.LastIndexByte(text, '/')
		if b.before != "" {
			at = strings.Index(text, b.before)
		}
		if at >= 0 {
			end := -1
			a.version, end = readInteger(text, at+max(len(b.before), 1))
			a.versioned = end >= 0
		}
		break
	}
	return a
}
