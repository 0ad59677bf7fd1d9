// Package sandbox has the plugins whose work is done by a Lua script:
// SandboxDecoder, SandboxFilter, SandboxEncoder, SandboxInput and SandboxOutput.
// SandboxManagerFilter (manager.go, manager_store.go) loads and unloads
// SandboxFilters while heka runs.
//
// What a script can do, and its limits, is the matter of heka's internal/sandbox;
// here is what becomes of its results: which status drops a message, which ends
// the plugin, where an injected message goes. Each plugin is the sandbox's Host.
//
// Scripts are compiled when the configuration is read, so that a syntax error is
// a configuration error. Their bodies run in Prepare.
package sandbox
