package sandbox

import (
	_ "embed" // for configSource
	"time"

	"github.com/hekad/heka/internal/sandbox"
	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// Plugins declares the plugins that run scripts.
func Plugins() []plugin.Plugin {
	docs := plugin.Docs(configSource)
	limits := sandbox.DefaultLimits()
	script := scriptConfig{ScriptType: "lua", MemoryLimit: limits.Memory, InstructionLimit: limits.Instructions,
		OutputLimit: limits.Output}
	running := runningConfig{scriptConfig: script}
	mayExit := plugin.ConsumerDefaults(func(o *plugin.ConsumerOptions) { o.CanExit = true })
	return []plugin.Plugin{
		plugin.NewDecoder("SandboxDecoder", DecoderConfig{runningConfig: running, CanExit: true, OnFatal: "restart"}, newDecoder, docs),
		plugin.NewEncoder("SandboxEncoder", EncoderConfig{scriptConfig: script}, newEncoder, docs),
		plugin.NewFilter("SandboxFilter", FilterConfig{running}, newFilter, docs, mayExit),
		plugin.NewFilter("SandboxManagerFilter", ManagerConfig{WorkingDirectory: "sbxmgrs", MemoryLimit: limits.Memory,
			InstructionLimit: limits.Instructions, OutputLimit: limits.Output, MaxSkew: 5 * time.Second}, newManager, docs,
			plugin.ConsumerDefaults(func(o *plugin.ConsumerOptions) { o.MessageMatcher = "Type == 'heka.control.sandbox'" })),
		plugin.NewInput("SandboxInput", InputConfig{runningConfig: running}, newInput, docs,
			plugin.InputDefaults(func(o *plugin.InputOptions) { o.CanExit = true })),
		plugin.NewOutput("SandboxOutput", OutputConfig{running}, newOutput, docs, mayExit),
	}
}
