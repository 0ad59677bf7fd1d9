// Package share holds the Lua files that come with heka: the decoders, encoders
// and filters that a configuration names as filename = "lua_decoders/json.lua",
// and the modules that scripts load with require.
//
//	lua_modules    what scripts share: grammars, line formats, alerts
//	lua_decoders   payloads of common programs into fields
//	lua_encoders   messages into the forms of other systems
//	lua_filters    graphs, statistics and alerts
//
// Files of the same path in the share_dir of the configuration win over these.
//
// # The header of a script
//
// Every script begins with a comment, from which the reference is made: a summary,
// then, if it has options, a line "Config:" and for each option
//
//   - name (type, required)
//     What it is for.
//   - name (type, optional, default 60)
//     What it is for.
//
// The options stand in the section [Name.config] of the plugin.
//
// # Modules
//
// A module returns its table and sets no global of its name. The libraries that it
// requires do become globals, and scripts rely on some of them: ts_line_protocol
// loads table, annotation loads cjson.
//
// # Tests
//
// testdata/modules holds one script for each module; it raises an error where the
// module does not keep a promise. testdata/plugins holds one archive for each
// script with messages and what becomes of them, testdata/options more for their
// options, and testdata/samples scripts such as users write (cases_test.go).
package share
