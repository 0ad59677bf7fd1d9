package accesslog

// builder collects what the parser of a format string finds and makes a Format
// of it.
type builder struct {
	drafts  []draft
	parts   []string // glue since the last value; "" is white space
	century int      // that two-digit years belong to

	// dated is whether the strftime directives so far hold a date, from the
	// last one on that has one; begun, whether there are any.
	begun, dated bool
}

// draft is a step before its neighbours are known.
type draft struct {
	before []string
	name   string // "" for values that become no field
	unit   string
	matcher
	open func(before, after edge) matcher // instead of matcher
}

// edge is the piece of the format that borders on a value.
type edge struct {
	kind edgeKind
	text string // of a literal
}

type edgeKind uint8

const (
	noEdge edgeKind = iota // another value, or the end of the format
	spaceEdge
	literalEdge
)

// space notes white space.
func (b *builder) space() {
	if n := len(b.parts); n > 0 && b.parts[n-1] == "" {
		return
	}
	b.parts = append(b.parts, "")
}

// literal notes a text that stands in the line as it is.
func (b *builder) literal(text string) {
	if n := len(b.parts); n > 0 && b.parts[n-1] != "" {
		b.parts[n-1] += text
		return
	}
	b.parts = append(b.parts, text)
}

// value notes a value that ends by its own grammar.
func (b *builder) value(name, unit string, m matcher) {
	b.add(draft{name: name, unit: unit, matcher: m})
}

// open notes a value whose end depends on what stands beside it.
func (b *builder) open(name string, m func(before, after edge) matcher) {
	b.add(draft{name: name, open: m})
}

func (b *builder) add(d draft) {
	d.before, b.parts = b.parts, nil
	b.drafts = append(b.drafts, d)
}

// format compiles the drafts.
func (b *builder) format() *Format {
	winner := make(map[string]int)
	for i, d := range b.drafts {
		if d.name != "" {
			winner[d.name] = i
		}
	}
	spare := len(winner)
	f := &Format{
		tail:       newGlue(b.parts),
		values:     make([]value, spare+1),
		agentField: -1,
	}
	before := edge{kind: spaceEdge}
	for i, d := range b.drafts {
		if n := len(d.before); n > 0 {
			before = newEdge(d.before[n-1])
		}
		next := b.parts
		if i+1 < len(b.drafts) {
			next = b.drafts[i+1].before
		}
		var after edge
		if len(next) > 0 {
			after = newEdge(next[0])
		}
		s := step{before: newGlue(d.before), read: d.matcher, slot: spare}
		if d.open != nil {
			s.read = d.open(before, after)
		}
		if w, named := winner[d.name]; named && w == i {
			s.slot = len(f.fields)
			f.fields = append(f.fields, field{d.name, d.unit})
		}
		f.steps = append(f.steps, s)
	}
	return f
}

func newEdge(part string) edge {
	if part == "" {
		return edge{kind: spaceEdge}
	}
	return edge{literalEdge, part}
}

func newGlue(parts []string) glue {
	g := glue{parts: parts, simple: true}
	for i, p := range parts {
		switch {
		case p == "":
			g.quick += " "
		case i > 0 && isSpace(p[0]):
			// White space takes all there is, also what this literal wants.
			g.simple = false
		default:
			g.quick += p
		}
	}
	g.open = len(parts) > 0 && parts[len(parts)-1] == ""
	return g
}
