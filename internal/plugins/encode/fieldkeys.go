package encode

import (
	"slices"
	"strings"

	"github.com/hekad/heka/message"
)

// fieldKey is what is known about the fields of one name.
type fieldKey struct {
	name  string
	json  []byte // ,"name":
	skip  bool   // not to be written
	raw   bool   // text is JSON
	stamp uint64 // the last message that had the field
}

// fieldKeys remembers the keys of the fields that pass, so that a name is
// quoted and looked up in the options once and not in every message. It holds a
// bounded number of names and forgets old ones for new ones.
type fieldKeys struct {
	only, raw []string
	dots      string // what replaces a dot

	slots [keySlots]fieldKey
	stamp uint64 // counts messages
	found []*fieldKey
}

const (
	keySlots = 512 // a power of 2
	keyProbe = 8   // slots in which a name may lie
	// maxKeyName bounds the memory of a slot; longer names are not remembered.
	maxKeyName = 256
)

func newFieldKeys(o *esOptions) *fieldKeys {
	return &fieldKeys{only: o.DynamicFields, raw: o.RawBytesFields, dots: o.ReplaceDotsWith}
}

// resolve returns the keys of m's fields, in their order; they are valid until
// the next call. simple is false when a name occurs twice, or too many names
// compete for a slot; keys is then nil.
//
// hot: once per message; allocates only for new names. Most messages have the
// fields of the one before.
func (k *fieldKeys) resolve(m *message.Message) (keys []*fieldKey, simple bool) {
	if len(k.found) == m.NumFields() && k.same(m) {
		return k.found, true
	}
	k.stamp++
	k.found = k.found[:0]
	for i := range m.NumFields() {
		key := k.find(m.Field(i).Name())
		if key == nil || key.stamp == k.stamp {
			k.found = k.found[:0]
			return nil, false
		}
		key.stamp = k.stamp
		k.found = append(k.found, key)
	}
	return k.found, true
}

// same reports whether the names of m's fields are those of found.
func (k *fieldKeys) same(m *message.Message) bool {
	for i, key := range k.found {
		if m.Field(i).Name() != key.name {
			return false
		}
	}
	return true
}

// find returns the key of a name, or nil when there is no slot for it.
func (k *fieldKeys) find(name string) *fieldKey {
	n := len(name)
	if n == 0 || n > maxKeyName {
		return nil
	}
	h := uint(n)*37 + uint(name[0])*5 + uint(name[n/2])*17 + uint(name[n-1])*3
	var free *fieldKey
	for i := range uint(keyProbe) {
		key := &k.slots[(h+i)%keySlots]
		if key.name == name {
			return key
		}
		if key.stamp != k.stamp && (free == nil || key.stamp < free.stamp) {
			free = key
		}
	}
	if free != nil {
		k.set(free, name)
	}
	return free
}

// set makes key the key of a name.
func (k *fieldKeys) set(key *fieldKey, name string) {
	key.name = strings.Clone(name)
	key.json = append(appendQuoted(append(key.json[:0], ','), k.replaceDots(name)), ':')
	key.skip = len(k.only) > 0 && !slices.Contains(k.only, name)
	key.raw = slices.Contains(k.raw, name)
	key.stamp = 0
}

func (k *fieldKeys) replaceDots(name string) string {
	if k.dots == "." {
		return name
	}
	return strings.ReplaceAll(name, ".", k.dots)
}
