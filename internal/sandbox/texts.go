package sandbox

import (
	"hash/maphash"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// keptTexts is the size of a textCache, a power of two.
const keptTexts = 128

// maxKeptText is the longest text, in bytes, that is kept in a textCache.
const maxKeptText = 64

// textCache remembers Lua values of short texts that were read lately: headers and
// many fields take few values, which come back from one message to the next.
type textCache [keptTexts]struct {
	text  string
	value lua.LValue
}

// textSeed makes it hard to choose texts that displace one another.
var textSeed = maphash.MakeSeed()

// luaText returns text as a Lua value of its own. fresh says that it was made.
//
// hot: once per text read; allocates the string and its header, or nothing for a
// text that is remembered.
func (s *Sandbox) luaText(text string) (v lua.LValue, fresh bool) {
	if len(text) > maxKeptText {
		return lua.LString(strings.Clone(text)), true
	}
	if s.texts == nil {
		s.texts = new(textCache)
	}
	slot := &s.texts[maphash.String(textSeed, text)%keptTexts]
	if slot.text == text && slot.value != nil {
		return slot.value, false
	}
	own := strings.Clone(text)
	slot.text, slot.value = own, lua.LString(own)
	return slot.value, true
}
