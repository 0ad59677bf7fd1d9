package cli

import (
	"fmt"
	"net"
	"strings"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

// listener is an address at which a section listens.
type listener struct {
	sec       *config.Section
	transport string // tcp or udp
	host      string // "" is all
	port      string
}

// clashes finds sections that listen at the same address, of which only one can
// start.
func (x *examined) clashes() {
	var all []listener
	for _, sec := range x.cfg.Sections {
		decl, own, _ := x.options(sec)
		if decl == nil || !listens(decl) {
			continue
		}
		l, ok := listenerOf(sec, decl, own)
		if !ok {
			continue
		}
		for _, other := range all {
			if l.clashes(other) {
				x.problems = append(x.problems, config.Problem{Pos: sec.Where("address"), Section: sec.Name, Option: "address",
					Text: fmt.Sprintf("[%s] listens at %s port %s already", other.sec.Name, l.transport, l.port), Hint: "give one of them another port"})
				break
			}
		}
		all = append(all, l)
	}
}

// listens reports whether the option address of a plugin is one to listen at.
func listens(decl *plugin.Plugin) bool {
	return decl.Kind == plugin.KindInput || strings.HasPrefix(decl.Type, "Dashboard") || strings.Contains(decl.Type, "Listen")
}

func listenerOf(sec *config.Section, decl *plugin.Plugin, own any) (l listener, ok bool) {
	address, _ := optionText(own, "address")
	network, _ := optionText(own, "net")
	host, port, err := net.SplitHostPort(address)
	if err != nil || port == "" || port == "0" {
		return l, false
	}
	l = listener{sec: sec, transport: "tcp", host: host, port: port}
	if strings.HasPrefix(network, "udp") || network == "" && (strings.HasPrefix(decl.Type, "Udp") || strings.HasPrefix(decl.Type, "Statsd")) {
		l.transport = "udp"
	}
	if everywhere(address) {
		l.host = ""
	}
	return l, !strings.HasPrefix(network, "unix")
}

func (l listener) clashes(other listener) bool {
	return l.transport == other.transport && l.port == other.port &&
		(l.host == other.host || l.host == "" || other.host == "")
}
