package cli

import (
	"fmt"
	"net"
	"strings"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/plugin"
)

// advise adds warnings about what is valid but was hardly meant.
func (x *examined) advise() {
	for _, sec := range x.cfg.Sections {
		decl, own, common := x.options(sec)
		if decl == nil {
			continue
		}
		x.problems = append(x.problems, adviseScript(sec, own, x.global.ShareDir)...)
		x.adviseFiles(sec, own)
		switch common := common.(type) {
		case *plugin.ConsumerOptions:
			x.adviseMatcher(sec, common)
			x.adviseBuffer(sec, common)
		case *plugin.InputOptions:
			x.adviseListener(sec, own, common)
		}
	}
	x.clashes()
	if !x.problems.HasErrors() { // whose mending may change how all hangs together
		x.adviseGraph()
	}
}

// warn adds a warning about an option of a section.
func (x *examined) warn(sec *config.Section, option, hint, format string, args ...any) {
	x.problems = append(x.problems, config.Problem{Pos: sec.Where(option), Section: sec.Name, Option: option,
		Text: fmt.Sprintf(format, args...), Hint: hint, Severity: config.Warning})
}

// adviseMatcher warns about a matcher that does less, or more, than it seems to.
func (x *examined) adviseMatcher(sec *config.Section, o *plugin.ConsumerOptions) {
	m, err := matcher.Parse(o.MessageMatcher)
	if err != nil {
		return // the pipeline has told
	}
	for _, f := range m.Advice() {
		x.warn(sec, "message_matcher", "", "message_matcher: %s", f)
	}
}

// adviseBuffer warns about a queue on disk that is too small for its files.
func (x *examined) adviseBuffer(sec *config.Section, o *plugin.ConsumerOptions) {
	b := &o.Buffering
	if o.UseBuffering && b.MaxBufferSize > 0 && b.MaxBufferSize/2 < b.MaxFileSize {
		x.warn(sec, "buffering.max_buffer_size", "room is freed in whole files",
			"buffering.max_buffer_size is %d, less than two files of max_file_size (%d)", b.MaxBufferSize, b.MaxFileSize)
	}
}

// adviseListener warns about an input that takes data from everybody.
func (x *examined) adviseListener(sec *config.Section, own any, o *plugin.InputOptions) {
	address, _ := optionText(own, "address")
	if !everywhere(address) {
		return
	}
	if tls, _ := optionText(own, "use_tls"); tls == "true" {
		return
	}
	if auth, _ := optionText(own, "auth_type"); auth != "" {
		return
	}
	if x.signed(o.Splitter) {
		return
	}
	x.warn(sec, "address", "listen on 127.0.0.1, use TLS, or have senders sign",
		"address %q takes data from everybody who can reach this host", address)
}

// everywhere reports whether an address to listen on stands for all interfaces.
func everywhere(address string) bool {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port == "" {
		return false
	}
	ip := net.ParseIP(host)
	return host == "" || ip != nil && ip.IsUnspecified()
}

// signed reports whether a splitter section verifies signatures.
func (x *examined) signed(splitter string) bool {
	sec := x.cfg.Find(plugin.KindSplitter.String(), splitter)
	if sec == nil {
		return false
	}
	if _, own, _ := x.options(sec); own != nil {
		if skip, ok := optionText(own, "skip_authentication"); !ok || skip == "true" {
			return false
		}
	}
	return sec.Sets("signer")
}

// optionText is the value of an option that a plugin's config may or may not have.
func optionText(own any, option string) (value string, ok bool) {
	for _, f := range config.Fields(own) {
		if f.Name == option {
			return strings.Trim(f.Default, `"`), true
		}
	}
	return "", false
}
