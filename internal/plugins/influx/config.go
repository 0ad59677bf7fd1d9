package influx

import (
	_ "embed" // for configSource

	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// EncoderConfig is the configuration of InfluxLineEncoder, which writes the fields
// of messages in InfluxDB's line protocol. Each value becomes a line whose
// measurement is the field's name, or, with a measurement set, all fields of a
// message become one line. Further values of one field get the ending _vidx_1,
// _vidx_2 and so on, further fields of one name _fidx_1 and so on. What InfluxDB
// cannot store (numbers that are not finite, empty tags) is left out; a message
// without any value is passed over.
//
//	[influx]
//	type = "InfluxLineEncoder"
//	measurement = "%{Type}"
//	tag_fields = ["Hostname", "status"]
//	skip_fields = ["status"]
//	timestamp_precision = "ns"
type EncoderConfig struct {
	// Write one line for each message, with this measurement, in which %{name}
	// stands for a header or the first value of a field. Empty: a line for each
	// value.
	Measurement string `toml:"measurement"`
	// Text in front of the field's name, with %{name} as in measurement. Not used
	// with a measurement.
	NamePrefix string `toml:"name_prefix"`
	// Text between name_prefix and the field's name.
	NamePrefixDelimiter string `toml:"name_prefix_delimiter"`
	// Name of the only field to write; without a measurement the name_prefix
	// alone is then the name of its lines.
	SourceValueField string `toml:"source_value_field"`
	// Fields that are not written as values.
	SkipFields []string `toml:"skip_fields"`
	// Headers (Hostname, Logger, Severity, Type) and fields that become tags.
	// **all_base** are the four headers, **all** are these and all fields. Not set
	// is ["**all_base**"].
	TagFields []string `toml:"tag_fields"`
	// Key of the value in lines of one value.
	ValueFieldKey string `toml:"value_field_key"`
	// Unit of times. The request to InfluxDB must name it too; m and h are known
	// to 1.x alone.
	TimestampPrecision string `toml:"timestamp_precision" oneof:"ns,us,ms,s,m,h"`
	// Digits behind the point of numbers; -1 is as many as are needed.
	DecimalPrecision int `toml:"decimal_precision" min:"-1" max:"20"`
	// Write integers as such (5i), which InfluxDB tells from other numbers for
	// ever. Otherwise all numbers are floats.
	Integers bool `toml:"integers"`
}

// Plugins declares InfluxLineEncoder.
func Plugins() []plugin.Plugin {
	return []plugin.Plugin{
		plugin.NewEncoder("InfluxLineEncoder", EncoderConfig{ValueFieldKey: "value", TimestampPrecision: "ms",
			DecimalPrecision: -1}, newEncoder, plugin.Docs(configSource)),
	}
}
