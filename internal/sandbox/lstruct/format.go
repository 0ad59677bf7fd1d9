package lstruct

import (
	"encoding/binary"
	"fmt"
	"math"
)

const (
	maxIntegral      = 32 // bytes of i and I
	defaultAlignment = 8  // of ! alone
)

// An option is one letter of a format with its number.
type option struct {
	letter byte
	size   int // bytes; 0 for s and c0
}

// A format is what is left of a format, and what the options so far set.
type format struct {
	rest  string
	order order
	align int
}

type order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

func newFormat(text string) format { return format{rest: text, order: binary.LittleEndian, align: 1} }

// big reports whether the byte order is big endian.
func (f *format) big() bool { return f.order == order(binary.BigEndian) }

// A formatError is what is wrong with a format. In some cases it is said of the
// first argument, in others of the call.
type formatError struct {
	text     string
	argument bool
}

// next returns the next option that has a value or bytes. ok is false at the end.
func (f *format) next() (o option, ok bool, err *formatError) {
	for f.rest != "" {
		o.letter = f.rest[0]
		f.rest = f.rest[1:]
		switch o.letter {
		case ' ':
		case '<':
			f.order = binary.LittleEndian
		case '>':
			f.order = binary.BigEndian
		case '!':
			n := f.number(defaultAlignment)
			if n <= 0 || n&(n-1) != 0 {
				return o, false, &formatError{text: fmt.Sprintf("alignment %d is not a power of 2", n)}
			}
			f.align = n
		default:
			o.size, err = f.sizeOf(o.letter)
			return o, err == nil, err
		}
	}
	return o, false, nil
}

// sizeOf returns the size of the option with a letter, whose number comes next.
func (f *format) sizeOf(letter byte) (int, *formatError) {
	switch letter {
	case 'x', 'b', 'B':
		return 1, nil
	case 'h', 'H':
		return 2, nil
	case 'f':
		return 4, nil
	case 'l', 'L', 'T', 'd':
		return 8, nil
	case 's':
		return 0, nil
	case 'c':
		return f.number(1), nil
	case 'i', 'I':
		n := f.number(4)
		switch {
		case n > maxIntegral:
			return 0, &formatError{text: fmt.Sprintf("integral size %d is larger than limit of %d", n, maxIntegral)}
		case n == 0:
			return 0, &formatError{text: "integral size 0 is smaller than 1"}
		}
		return n, nil
	}
	return 0, &formatError{text: fmt.Sprintf("invalid format option '%c'", letter), argument: true}
}

// number reads the number that the format goes on with, or returns the one that
// stands for none. What is beyond 31 bits is cut to them.
func (f *format) number(otherwise int) int {
	if f.rest == "" || f.rest[0]-'0' > 9 {
		return otherwise
	}
	n := 0
	for f.rest != "" && f.rest[0]-'0' <= 9 {
		n = min(n*10+int(f.rest[0]-'0'), math.MaxInt32)
		f.rest = f.rest[1:]
	}
	return n
}

// padding returns how many bytes go before o at a position.
func (f *format) padding(o option, pos int) int {
	n := min(o.size, f.align)
	if n <= 1 || o.letter == 'c' {
		return 0
	}
	return (n - pos%n) % n
}

// signed reports whether the integer option is.
func (o option) signed() bool { return o.letter >= 'a' }
