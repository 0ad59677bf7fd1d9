package lpeg

// jumps says whether the field to of an instruction is an address.
func (op opcode) jumps() bool {
	switch op {
	case opTestByte, opTestSet, opTestAny, opTryByte, opTryText, opTrySet,
		opChoice, opCommit, opRenew, opBackCommit, opJump, opCall:
		return true
	}
	return false
}

// tidy shortens ways: it leads jumps to jumps straight to the end, puts what
// ends a rule or match in place of a jump to it, and makes jumps of calls with
// nothing left to do behind them, so that such calls need no stack.
func (p *program) tidy() {
	for i := range p.code {
		in := &p.code[i]
		if !in.op.jumps() {
			continue
		}
		in.to = p.end(in.to)
		if in.op == opJump {
			switch last := p.code[in.to]; last.op {
			case opEnd, opReturn, opFail, opFailTwice:
				*in = last
			}
		}
	}
	for i := range p.code {
		if in := &p.code[i]; in.op == opCall && p.code[i+1].op == opReturn {
			in.op = opJump
		}
	}
	for _, d := range p.switches {
		for i, to := range d.address {
			d.address[i] = p.end(to)
		}
	}
}

// end follows jumps from the address to.
func (p *program) end(to int32) int32 {
	for p.code[to].op == opJump {
		to = p.code[to].to
	}
	return to
}
