package message

import "unsafe"

// view returns b as a string without copying. The string is valid as long as b
// is not written to.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// bytesOf returns s as a byte slice without copying. The slice must not be
// written to.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// View returns b as a string without copying, for plugins that set a header or
// field to a part of their pack's buffer. The string is valid as long as b is
// not written to; for bytes of a Pack that is until the pack is released.
func View(b []byte) string { return view(b) }
