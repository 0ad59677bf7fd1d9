package geoip

import (
	"errors"

	_ "embed" // for configSource

	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// config is the configuration of GeoIpDecoder, which looks an IP address up that is
// in a field of the message, and adds a field with what is known about its place. It
// is meant for a MultiDecoder, behind the decoder that makes the field. A message
// without the field, or whose address is not known, stays as it is.
//
// The field's value are bytes of JSON, so that the encoders for Elasticsearch need
// its name in raw_bytes_fields:
//
//	{"latitude":51.51419830322266,"longitude":-0.09309999644756317,
//	"location":[-0.09309999644756317,51.51419830322266],
//	"coordinates":["-0.09309999644756317","51.51419830322266"],
//	"countrycode":"GB","countrycode3":"GBR","countryname":"United Kingdom",
//	"region":"ENG","city":"London","postalcode":"","areacode":0,"charset":1,
//	"continentcode":"EU"}
//
// For example:
//
//	[access]
//	type = "MultiDecoder"
//	subs = ["nginx", "geoip"]
//	cascade_strategy = "all"
//
//	[geoip]
//	type = "GeoIpDecoder"
//	db_file = "/var/lib/GeoIP/GeoLite2-City.mmdb"
//	source_ip_field = "remote_addr"
type config struct {
	// Database in MaxMind's format (.mmdb), such as GeoLite2-City or GeoLite2-Country.
	// A relative path starts at share_dir. The older format (.dat), which is not
	// published any more, is not read.
	DBFile string `toml:"db_file"`
	// Field with the address, of IPv4 or IPv6.
	SourceIPField string `toml:"source_ip_field"`
	// Field to add.
	TargetField string `toml:"target_field"`
}

// Check finds mistakes that the options' types let through.
func (c *config) Check() error {
	var errs []error
	if c.SourceIPField == "" {
		errs = append(errs, plugin.BadOption("source_ip_field", "`source_ip_field` must be specified"))
	}
	if c.TargetField == "" {
		errs = append(errs, plugin.BadOption("target_field", "`target_field` must be specified"))
	}
	return errors.Join(errs...)
}

// Plugins declares GeoIpDecoder.
func Plugins() []plugin.Plugin {
	return []plugin.Plugin{
		plugin.NewDecoder("GeoIpDecoder", config{DBFile: "GeoLite2-City.mmdb", TargetField: "geoip"}, newDecoder, plugin.Docs(configSource)),
	}
}
