package sandbox

import "time"

// scriptConfig has the options of everything that runs a script.
type scriptConfig struct {
	// Language of the script. There is only lua.
	ScriptType string `toml:"script_type"`
	// File with the script. A relative path is looked up in share_dir, and then
	// among the scripts that are built into heka.
	Filename string `toml:"filename" required:"true"`
	// Directories in which require looks for modules, separated by semicolons.
	// Empty is lua_modules in share_dir. The modules that are built into heka come
	// after them.
	ModuleDirectory string `toml:"module_directory"`
	// Keep the script's global data when heka ends and restore them at its start.
	PreserveData bool `toml:"preserve_data"`
	// Memory that the script may hold; 0 is any amount.
	MemoryLimit uint `toml:"memory_limit" unit:"bytes"`
	// Instructions that one call of the script may take; 0 is any number. Inputs
	// and outputs have no such limit, whatever is set here.
	InstructionLimit uint `toml:"instruction_limit"`
	// Size of a payload, message or JSON text that the script makes; 0 is any
	// size.
	OutputLimit uint `toml:"output_limit" unit:"bytes"`
	// Values that the script reads with read_config: texts, numbers, booleans,
	// lists and tables.
	Config map[string]any `toml:"config"`
}

// runningConfig has the options of scripts that are plugins of their own.
type runningConfig struct {
	scriptConfig
	// Call the script's timer_event once more when heka ends (filters and
	// outputs).
	TimerEventOnShutdown bool `toml:"timer_event_on_shutdown"`
	// Measure the time of every message for a while (filters).
	Profile bool `toml:"profile"`
}

// DecoderConfig is the configuration of SandboxDecoder, whose script edits each
// message with write_message or replaces it by one or more that it injects.
//
// The value tz in the config section names the time zone, such as
// America/Los_Angeles, that timestamps of injected messages are local to.
//
//	[accesslog]
//	type = "SandboxDecoder"
//	filename = "lua_decoders/nginx_access.lua"
//
//	  [accesslog.config]
//	  log_format = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent'
type DecoderConfig struct {
	runningConfig
	// Accepted without effect: a decoder does not end on its own.
	CanExit bool `toml:"can_exit"`
	// What happens when the script fails for good: restart runs it afresh, after
	// a pause that grows; shutdown stops heka.
	OnFatal string `toml:"on_fatal" oneof:"restart,shutdown"`
}

// FilterConfig is the configuration of SandboxFilter, whose script looks at
// messages and injects new ones, most often from its timer_event. A script that
// fails is not started again: a message of type heka.sandbox-terminated tells why.
//
//	[web_errors]
//	type = "SandboxFilter"
//	message_matcher = "Type == 'nginx.access' && Fields[status] >= 500"
//	ticker_interval = 60
//	filename = "/etc/heka/lua/web_errors.lua"
//	preserve_data = true
//
//	  [web_errors.config]
//	  rows = 1440
type FilterConfig struct {
	runningConfig
}

// ManagerConfig is the configuration of SandboxManagerFilter, which loads and unloads
// SandboxFilters while heka runs, on the order of control messages. heka sbmgr
// sends them. Whoever may send such messages may run scripts in this heka, within
// the limits below: let message_signer name who that is.
//
//	[ops]
//	type = "SandboxManagerFilter"
//	message_signer = "ops"
//	max_filters = 20
type ManagerConfig struct {
	// Number of filters that may run at the same time. With 0 none can be loaded.
	MaxFilters uint `toml:"max_filters"`
	// Directory, below base_dir unless it is absolute, for what was loaded. It is
	// loaded again when heka starts. Managers may share it.
	WorkingDirectory string `toml:"working_directory"`
	// Directories in which require looks for modules, separated by semicolons.
	// Empty is lua_modules in share_dir. As the limits below it holds for every
	// filter, whatever its own configuration says.
	ModuleDirectory string `toml:"module_directory"`
	// Memory that each filter may hold; 0 is any amount.
	MemoryLimit uint `toml:"memory_limit" unit:"bytes"`
	// Instructions that one call of a filter may take; 0 is any number.
	InstructionLimit uint `toml:"instruction_limit"`
	// Size of a payload, message or JSON text that a filter makes; 0 is any size.
	OutputLimit uint `toml:"output_limit" unit:"bytes"`
	// Control messages whose time differs from now by this or more are discarded.
	MaxSkew time.Duration `toml:"max_skew" min:"1ms"`
}

// EncoderConfig is the configuration of SandboxEncoder, whose script makes the
// bytes of a message: what it injects last, or the message in Heka's protobuf form
// with the changes that it makes with write_message.
//
//	[tsv]
//	type = "SandboxEncoder"
//	filename = "/etc/heka/lua/tsv.lua"
type EncoderConfig struct {
	scriptConfig
	// Accepted without effect.
	Profile bool `toml:"profile"`
}

// InputConfig is the configuration of SandboxInput, whose script makes messages
// with inject_message: as long as it likes, or each time when it is called, once
// or every ticker_interval.
//
// The value tz in the config section names the time zone that timestamps of
// injected messages are local to.
//
//	[uptime]
//	type = "SandboxInput"
//	ticker_interval = 60
//	filename = "/etc/heka/lua/uptime.lua"
type InputConfig struct {
	runningConfig
	// Seconds between calls of the script; 0 calls it once.
	TickerInterval uint `toml:"ticker_interval" unit:"s"`
}

// OutputConfig is the configuration of SandboxOutput, whose script sends messages
// somewhere. Its status tells what became of a message: 0 it is delivered, -3 it is
// to be given again after a pause, -4 it is gathered and counts as delivered with
// the next 0, any other negative number drops it, and a positive one ends the
// output.
//
//	[exec]
//	type = "SandboxOutput"
//	message_matcher = "Type == 'alert'"
//	filename = "/etc/heka/lua/exec.lua"
type OutputConfig struct {
	runningConfig
}
