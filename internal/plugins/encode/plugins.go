package encode

import (
	_ "embed"

	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// Plugins returns the declarations of all encoders but SandboxEncoder.
func Plugins() []plugin.Plugin {
	docs := plugin.Docs(configSource)
	return []plugin.Plugin{
		plugin.NewEncoder("ProtobufEncoder", protobufConfig{}, newProtobuf, docs),
		plugin.NewEncoder("PayloadEncoder", payloadConfig{
			AppendNewlines: true, TSFromMessage: true, TSFormat: "[%Y/%b/%d:%H:%M:%S %z]",
		}, newPayload, docs),
		plugin.NewEncoder("RstEncoder", rstConfig{}, newRst, docs),
		plugin.NewEncoder("ESJsonEncoder", esJSONConfig{
			esOptions: esDefaults("heka-%{%Y.%m.%d}"),
			FieldMappings: fieldMappings{
				Timestamp: "Timestamp", UUID: "Uuid", Type: "Type", Logger: "Logger", Severity: "Severity",
				Payload: "Payload", EnvVersion: "EnvVersion", Pid: "Pid", Hostname: "Hostname",
			},
		}, newESJSON, docs),
		plugin.NewEncoder("ESLogstashV0Encoder", esLogstashConfig{
			esOptions: esDefaults("logstash-%{%Y.%m.%d}"),
		}, newESLogstash, docs),
	}
}

func esDefaults(index string) esOptions {
	return esOptions{
		Index: index, IndexFallback: index, TypeName: "message", Action: "index",
		Timestamp: "%Y-%m-%dT%H:%M:%S", ReplaceDotsWith: ".",
	}
}
