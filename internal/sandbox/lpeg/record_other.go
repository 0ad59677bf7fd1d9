//go:build !(go1.26 && !go1.27 && (amd64 || arm64))

package lpeg

import lua "github.com/yuin/gopher-lua"

// form makes tables of the names of a shape, where the layout of maps is known.
type form struct{}

const formsKnown = false

func newForm(*shape) *form { return nil }

func (*form) table([]lua.LValue) *lua.LTable { return nil }
