package luatest

import (
	"context"
	"errors"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// done is a context that is over for the reason that the host gives when a script
// has used up its instructions.
type done struct{ context.Context }

var errLimit = errors.New("instruction_limit exceeded")

func (done) Err() error { return errLimit }

// Stops calls global functions with arguments that make much work in a context that
// is over, as it is when a script has used up its instructions. Each has to end with
// the error of the context.
func Stops(t *testing.T, L *lua.LState, calls map[string][]lua.LValue) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, args := range calls {
		fn := L.GetGlobal(name)
		L.SetContext(done{ctx})
		err := L.CallByParam(lua.P{Fn: fn, NRet: 1, Protect: true}, args...)
		L.RemoveContext()
		var raised *lua.ApiError
		if !errors.As(err, &raised) || raised.Object.String() != errLimit.Error() {
			t.Errorf("%s: got %v, want %v", name, err, errLimit)
		}
	}
}
