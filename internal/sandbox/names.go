package sandbox

import "strings"

// header is what the name that a script gives stands for.
type header uint8

const (
	unknown header = iota
	headerUUID
	headerTimestamp
	headerType
	headerLogger
	headerSeverity
	headerPayload
	headerEnvVersion
	headerPid
	headerHostname
	headerRaw
	headerField // Fields[name]
)

var headers = map[string]header{
	"Uuid": headerUUID, "Timestamp": headerTimestamp, "Type": headerType, "Logger": headerLogger,
	"Severity": headerSeverity, "Payload": headerPayload, "EnvVersion": headerEnvVersion, "Pid": headerPid,
	"Hostname": headerHostname, "raw": headerRaw,
}

// nameSlots is the size of a nameCache, a power of two.
const nameSlots = 64

// nameCache remembers what names mean, by the identity of the Lua string: the
// names in a script are constants, so each is looked at once.
type nameCache [nameSlots]nameSlot

type nameSlot struct {
	data  *byte
	size  int
	what  header
	field string
}

// lookup finds the meaning of a name.
//
// hot: once per read_message; allocates nothing.
func (c *nameCache) lookup(name string) *nameSlot {
	data := stringPointer(name)
	slot := &c[stringSlot(data, len(name), nameSlots-1)]
	if slot.data != data || slot.size != len(name) {
		*slot = nameSlot{data: data, size: len(name)}
		slot.what, slot.field = resolve(name)
	}
	return slot
}

func resolve(name string) (header, string) {
	if field, ok := strings.CutPrefix(name, "Fields["); ok && strings.HasSuffix(field, "]") {
		return headerField, field[:len(field)-1]
	}
	return headers[name], ""
}
