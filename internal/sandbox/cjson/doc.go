// Package cjson is the Lua library cjson: JSON text to Lua values and back, with
// the settings, leniencies and error texts that scripts for lua-cjson 2.1 know.
//
// # Values
//
//	JSON            decode                        encode
//	null            nil, or cjson.null            nil, cjson.null
//	true, false     boolean                       boolean
//	number          number (C's strtod)           %.14g; 1e15 is 1e+15
//	string          bytes; \uXXXX to UTF-8        escapes " \ / controls and DEL
//	array           table 1..n, null is a hole    only integer keys ≥ 1, at least one
//	object          table                         any other table, {} too
//
// Arrays and objects are told apart by the keys of a table alone; metatables are
// not looked at. Objects are written in the order in which their keys were added.
//
// # Settings
//
// They belong to one Lua state. Each function sets what it is given, keeps what is
// nil or missing, and returns what is in force:
//
//	encode_sparse_array(convert, ratio, safe)  false, 2, 10
//	encode_max_depth(n), decode_max_depth(n)   1000
//	encode_number_precision(n)                 14
//	encode_invalid_numbers(v)                  false
//	decode_invalid_numbers(v)                  true
//	decode_null(v)                             false
//
// # Limits
//
// A text made by encode is at most Options.OutputLimit bytes and never more than
// 1 GiB. Nesting stops at 10000 levels whatever depth a script asks for, since
// both directions recurse. Memory that decode and encode take is announced to
// Options.Reserve, and both let the context of the state count and stop them, one
// count for each KiB of work, so that a table that contains itself many times
// over, or a huge text, cannot hold up its host.
package cjson
