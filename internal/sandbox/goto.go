package sandbox

import (
	"bytes"
	"slices"
)

// In Lua 5.1 goto is a name like any other; to the machine's parser it is a word
// of the language. A program that it refuses is parsed once more with another word
// in its place, which repairName makes goto again.

const (
	gotoWord = "goto"
	gotoName = "goto_name_of_lua_5_1"
)

// repairName undoes what renameGoto did.
func repairName(name *string) {
	if *name == gotoName {
		*name = gotoWord
	}
}

// renameGoto returns the source with other names for those that are goto, or nil
// if there are none.
func renameGoto(source []byte) []byte {
	var out []byte
	from := 0 // what is in front of it has been copied
	for i := 0; i < len(source); {
		n := lexeme(source[i:])
		if string(source[i:i+n]) == gotoWord {
			out = append(append(out, source[from:i]...), gotoName...)
			from = i + n
		}
		i += n
	}
	if out == nil {
		return nil
	}
	return append(out, source[from:]...)
}

// lexeme is the length of what stands at the beginning of a source: a word, a
// string, a comment, or another byte.
func lexeme(s []byte) int {
	switch c := s[0]; {
	case wordByte(c):
		n := slices.IndexFunc(s, func(c byte) bool { return !wordByte(c) })
		if n < 0 {
			return len(s)
		}
		return n
	case c == '"' || c == '\'':
		for i := 1; i < len(s); i++ {
			switch s[i] {
			case '\\':
				i++
			case c, '\n':
				return i + 1
			}
		}
		return len(s)
	case c == '[':
		return max(longBracket(s), 1)
	case bytes.HasPrefix(s, []byte("--")):
		if n := longBracket(s[2:]); n > 0 {
			return 2 + n
		}
		if n := bytes.IndexByte(s, '\n'); n >= 0 {
			return n
		}
		return len(s)
	}
	return 1
}

// longBracket is the length of a text in long brackets that the source begins
// with, 0 if there is none.
func longBracket(s []byte) int {
	if len(s) == 0 || s[0] != '[' {
		return 0
	}
	level := 1
	for level < len(s) && s[level] == '=' {
		level++
	}
	if level == len(s) || s[level] != '[' {
		return 0
	}
	end := "]" + string(bytes.Repeat([]byte("="), level-1)) + "]"
	if n := bytes.Index(s, []byte(end)); n >= 0 {
		return n + len(end)
	}
	return len(s)
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}
