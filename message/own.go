package message

// Own replaces every string of the message by what keep returns for it, which
// must be equal. A message that was given views of another message's strings
// becomes independent of them when keep copies.
func (m *Message) Own(keep func(string) string) {
	for _, s := range [...]*string{&m.typ, &m.logger, &m.payload, &m.envVersion, &m.hostname} {
		*s = keep(*s)
	}
	for i := range m.fields {
		f := &m.fields[i]
		f.name, f.rep = keep(f.name), keep(f.rep)
		if f.typ > Bytes || f.n == 0 {
			f.str = "" // of an earlier field
			continue
		}
		f.str = keep(f.str)
		for j := range f.n - 1 {
			f.more.strs[j] = keep(f.more.strs[j])
		}
	}
	if m.wire != nil {
		m.wire = bytesOf(keep(view(m.wire)))
	}
}
