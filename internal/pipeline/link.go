package pipeline

import "github.com/hekad/heka/plugin"

// instanceOf returns the instance of an input, filter or output at the moment,
// or nil.
func (h *Host) instanceOf(section string) any {
	if in := h.intake.named(section); in != nil {
		return *in.instance.Load()
	}
	for _, c := range h.consumers() {
		if c.name == section {
			return *c.instance.Load()
		}
	}
	return nil
}

// inputNamed is what a plugin.Linker finds inputs with.
func (h *Host) inputNamed(section string) plugin.Input {
	if in := h.intake.named(section); in != nil {
		return (*in.instance.Load()).(plugin.Input)
	}
	return nil
}

// link lets an instance find the inputs that it works with.
func (h *Host) link(inst any) error {
	if l, ok := inst.(plugin.Linker); ok {
		return l.Link(h.inputNamed)
	}
	return nil
}

// gathers reports whether the input is fed by other plugins, and so ends after
// them.
func (in *input) gathers() bool {
	_, ok := (*in.instance.Load()).(plugin.StatAccumulator)
	return ok
}
