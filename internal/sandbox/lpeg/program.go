package lpeg

import lua "github.com/yuin/gopher-lua"

// opcode is what an instruction of the matching machine does. "Fail" means: go
// back to the latest choice.
type opcode uint8

const (
	opEnd        opcode = iota // the pattern has matched
	opGiveUp                   // the pattern has not matched
	opByte                     // one byte b
	opText                     // the text texts[arg]
	opSet                      // one byte of sets[arg]
	opAny                      // to bytes
	opSkip                     // to bytes that are known to be there
	opSpan                     // any number of bytes of sets[arg]
	opSpanSome                 // at least one byte of sets[arg]
	opSpanTimes                // lo to `to` bytes of sets[arg]; no bound if to < 0
	opSpanTo                   // everything before the next byte b, or the end
	opSpanPair                 // everything before the next byte b or lo, or the end
	opFind                     // everything before the next texts[arg], or the end
	opNotByte                  // fail before b
	opNotText                  // fail before texts[arg]
	opNotSet                   // fail before a byte of sets[arg]
	opNotAny                   // fail if `to` bytes are left
	opPeekSet                  // fail but before a byte of sets[arg]
	opBack                     // go `to` bytes back, or fail
	opTestByte                 // go to `to` but before b
	opTestSet                  // go to `to` but before a byte of sets[arg]
	opTestAny                  // go to `to` at the end of the subject
	opTryByte                  // one byte b, or go to `to`
	opTryText                  // the text texts[arg], or go to `to`
	opTrySet                   // one byte of sets[arg], or go to `to`
	opSwitch                   // go where switches[arg] says for the next byte
	opChoice                   // from now on, to fail is to go to `to` from here
	opCommit                   // forget the latest choice and go to `to`
	opRenew                    // make the latest choice start from here; go to `to`
	opBackCommit               // go back to where the latest choice was made, and to `to`
	opFailTwice                // forget the latest choice and fail
	opFail                     // fail
	opJump                     // go to `to`
	opCall                     // call the rule at `to`
	opReturn                   // end of a rule
	opOpen                     // the capture kept[arg] begins
	opClose                    // the innermost open capture ends
	opFull                     // the last `to` bytes are the capture kept[arg]
	opRuntime                  // the innermost open capture ends; ask its function
)

// inst is one instruction. Which fields count depends on op.
type inst struct {
	op  opcode
	b   byte
	lo  uint16
	to  int32
	arg int32
}

// program is a compiled pattern. It holds no state of a match, and belongs to one
// Lua state.
type program struct {
	code     []inst // opGiveUp comes last
	sets     []charset
	texts    []string
	switches []dispatch
	kept     []*capture // the first one is an anonymous group
}

// capture is what the machine needs to know of a capture of the pattern.
type capture struct {
	keep   keep
	index  int
	value  lua.LValue
	pieces []piece

	// The fields of the last table of a table capture, and the captures that
	// made them.
	shape  *shape
	shaped []int32
}

// dispatch maps the next byte, or 256 at the end of the subject, to an address.
type dispatch struct {
	alternative [257]uint8
	address     []int32
}
