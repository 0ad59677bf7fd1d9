package pipeline

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

// intake is the list of inputs. It changes while heka runs: inputs are added and
// taken out, by other inputs and by a configuration that has changed.
//
// Who leaves is told to end. It is closed, and writes its last position, when what
// it has handed over is acknowledged; a successor of its name starts after that.
type intake struct {
	mu      sync.Mutex
	all     []*input // never changed in place
	coming  []*input // that are about to be added, for those who want to find them
	sums    InputBooks
	phase   phase
	builder *builder       // of the configuration in force
	ends    sync.WaitGroup // of goroutines that see inputs out

	// soft is done when inputs are to end, last when those are that other plugins
	// feed, final when nothing more will be acknowledged.
	soft, last, final context.Context
}

// list returns all inputs, also those that leave.
func (i *intake) list() []*input {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.all
}

// inputs returns the inputs that do not leave.
func (h *Host) inputs() []*input {
	h.intake.mu.Lock()
	defer h.intake.mu.Unlock()
	return h.intake.present()
}

// present is inputs; i.mu is held.
func (i *intake) present() []*input {
	if !slices.ContainsFunc(i.all, func(in *input) bool { return in.leaving }) {
		return i.all
	}
	return slices.DeleteFunc(slices.Clone(i.all), func(in *input) bool { return in.leaving })
}

// named returns the input of a name that is there, or about to come, or nil.
func (i *intake) named(name string) *input {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, list := range [][]*input{i.present(), i.coming} {
		for _, in := range list {
			if in.name == name {
				return in
			}
		}
	}
	return nil
}

// expect lets inputs be found that are about to be added.
func (i *intake) expect(coming []*input) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.coming = coming
}

// admit starts all inputs; those that are added later start by themselves.
func (h *Host) admit() {
	i := &h.intake
	i.mu.Lock()
	defer i.mu.Unlock()
	i.phase = running
	for _, in := range i.all {
		h.let(in)
	}
}

// let starts an input. h.intake.mu is held.
func (h *Host) let(in *input) {
	var life context.Context
	life, in.cancel = context.WithCancel(h.lifeOf(in))
	go in.run(life)
	h.log.Info("Input started: " + in.name)
}

// lifeOf is the context that ends with the time for inputs of such a kind.
func (h *Host) lifeOf(in *input) context.Context {
	if in.gathers() {
		return h.intake.last
	}
	return h.intake.soft
}

// close ends all changes.
func (i *intake) close() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.phase = closing
}

// awaitEnds waits until all inputs have ended, or all but those that other plugins
// feed. After that nobody comes any more.
func (i *intake) awaitEnds(gatherers bool) {
	working := func(in *input) bool {
		select {
		case <-in.ended:
			return false
		default:
			return gatherers || !in.gathers()
		}
	}
	for {
		i.mu.Lock()
		at := slices.IndexFunc(i.all, working)
		if at < 0 {
			i.phase = closing
			i.mu.Unlock()
			return
		}
		next := i.all[at]
		i.mu.Unlock()
		<-next.ended
	}
}

// vet says why inputs cannot be taken out and others let in; i.mu is held.
func (i *intake) vet(out, in []*input) error {
	switch i.phase {
	case starting:
		return errStarting
	case closing:
		return errStopping
	}
	for _, n := range in {
		taken := func(o *input) bool { return o.name == n.name && !o.leaving && !slices.Contains(out, o) }
		if slices.ContainsFunc(i.all, taken) {
			return alreadyRunning(n.name)
		}
	}
	return nil
}

// vetInputs is vet for one who only wants to know.
func (h *Host) vetInputs(out, in []*input) error {
	h.intake.mu.Lock()
	defer h.intake.mu.Unlock()
	return h.intake.vet(out, in)
}

// changeInputs takes inputs out and lets others in. Those who come must be prepared,
// unless they have others to wait for.
func (h *Host) changeInputs(out, in []*input) error {
	i := &h.intake
	i.mu.Lock()
	defer i.mu.Unlock()
	if err := i.vet(out, in); err != nil {
		return err
	}
	for _, n := range in {
		i.all = append(i.all[:len(i.all):len(i.all)], n)
	}
	for _, o := range out {
		h.dismiss(o)
	}
	for _, n := range in {
		h.let(n)
	}
	return nil
}

// dismiss takes an input out. h.intake.mu is held.
func (h *Host) dismiss(in *input) {
	if !in.leaving {
		in.leaving = true
		h.intake.ends.Go(func() { h.seeOff(in) })
	}
}

// seeOff lets an input end and closes it when what it has handed over is
// acknowledged. It does not wait for that longer than a shutdown may take; what is
// missing then may come again.
func (h *Host) seeOff(in *input) {
	defer close(in.gone)
	in.cancel()
	if !await(h.hard, in.ended) {
		return
	}
	for _, gone := range in.after { // it may not even have begun
		await(h.hard, gone)
	}
	ctx, cancel := context.WithTimeout(h.intake.final, h.global.ShutdownTimeout)
	defer cancel()
	for in.unacked.n.Load() != 0 && await(ctx, in.unacked.none) {
	}
	if n := in.unacked.n.Load(); n != 0 {
		in.log.Warn(fmt.Sprintf("ends although %d batches are not acknowledged; what is read again comes twice", n))
	}
	in.close()
	i := &h.intake
	i.mu.Lock()
	defer i.mu.Unlock()
	i.all = slices.DeleteFunc(slices.Clone(i.all), func(o *input) bool { return o == in })
	i.sums.add(in.account())
}

// inputEnded is the end of the work of an input. One that was in the configuration
// stays on the list, for the report.
func (h *Host) inputEnded(in *input) {
	i := &h.intake
	i.mu.Lock()
	if in.addedBy != "" && i.phase == running {
		h.dismiss(in)
	}
	told := in.onEnd
	if in.successor != nil {
		told = nil // the successor's end counts
	}
	i.mu.Unlock()
	if told != nil {
		told(in.cause)
	}
}

// formerInputsName stands for all inputs that have left.
const formerInputsName = "(former inputs)"

// account takes stock of all inputs; those that have left, or do so now, are one
// entry.
func (i *intake) account() []InputBooks {
	i.mu.Lock()
	defer i.mu.Unlock()
	var all []InputBooks
	former := i.sums
	former.Name, former.Dropped = formerInputsName, slices.Clone(former.Dropped)
	for _, in := range i.all {
		if in.leaving {
			former.add(in.account())
		} else {
			all = append(all, in.account())
		}
	}
	if former.Received+former.Bytes > 0 {
		all = append(all, former)
	}
	return all
}

// inputDoor adds inputs on behalf of one that runs. It implements plugin.Inputs.
type inputDoor struct {
	host *Host
	by   string // name of the input
}

// Read implements plugin.Inputs.
func (d inputDoor) Read(text, section string) (plugin.Section, error) {
	s, err := oneSection("config", text, section)
	if err != nil {
		return plugin.Section{}, err
	}
	return describe(s), nil
}

// Add implements plugin.Inputs.
func (d inputDoor) Add(a plugin.Addition) (plugin.Added, error) {
	h := d.host
	s, err := oneSection(a.Name, a.Text, a.Section)
	if err != nil {
		return nil, err
	}
	in, err := h.buildInput(amended(s, a), d.by)
	if err != nil {
		return nil, err
	}
	in.onEnd = a.Ended
	out, err := h.intake.predecessors(in, a.Replace)
	if err == nil && len(in.after) == 0 {
		if err = in.prepare(h.lifeOf(in)); err != nil {
			return nil, &plugin.StartError{Err: err}
		}
	}
	if err == nil {
		err = h.changeInputs(out, []*input{in})
	}
	if err != nil {
		in.discard()
		return nil, err
	}
	return addedInput{in}, nil
}

// predecessors lets in wait for those of its name that are still there, and returns
// whom it takes the place of.
func (i *intake) predecessors(in *input, replace bool) (out []*input, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, o := range i.all {
		if o.name != in.name {
			continue
		}
		if !o.leaving {
			if !replace || o.addedBy == "" {
				return nil, alreadyRunning(in.name)
			}
			out = append(out, o)
		}
		in.after = append(in.after, o.gone)
	}
	return out, nil
}

// buildInput builds an input of a section that is not in the configuration.
func (h *Host) buildInput(sec *config.Section, by string) (*input, error) {
	h.intake.mu.Lock()
	known := h.intake.builder
	h.intake.mu.Unlock()
	in, err := known.oneInput(sec, by)
	if err != nil {
		return nil, err
	}
	return in, h.link(*in.instance.Load())
}

// addedInput implements plugin.Added.
type addedInput struct{ in *input }

// Stop implements plugin.Added.
func (a addedInput) Stop() {
	h, in := a.in.host, a.in
	h.intake.mu.Lock()
	defer h.intake.mu.Unlock()
	for in.successor != nil {
		in = in.successor
	}
	if h.intake.phase == running {
		h.dismiss(in)
	}
}
