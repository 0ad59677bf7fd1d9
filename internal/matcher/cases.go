package matcher

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Case is one line of a case file: an expression and what it should do.
type Case struct {
	// Line is the number of the line in the file, from 1.
	Line int
	Want Want
	Expr string
	// Message is the JSON form of the message to match, nil if none was given.
	Message []byte
	// Parts are texts that the error must contain; only for WantError.
	Parts []string
}

// Want is the expected outcome of a Case.
type Want uint8

// The outcomes.
const (
	WantNo    Want = iota // parses and does not match
	WantYes               // parses and matches
	WantError             // does not parse
)

var wantWords = [...]string{"no", "yes", "err"}

// String is the word that stands for the outcome in case files.
func (w Want) String() string { return wantWords[w] }

// maxCaseLine bounds the lines of a case file, in bytes.
const maxCaseLine = MaxLength + 1024

// ReadCases reads a case file. It has one item per line; blank lines and lines that
// begin with # are left out.
//
//	message {...}        the message, in JSON, for the cases that follow
//	message NAME {...}   the same, to be used again
//	message NAME         a message defined above, for the cases that follow
//	yes EXPRESSION       the expression matches the message
//	no  EXPRESSION       the expression does not match the message
//	err EXPRESSION       the expression does not parse
//	     TEXT            (indented) a part of the error of the line above
//
// Everything behind the first word and its blanks is the expression, except for
// trailing blanks; one that begins with a double quote is a JSON string.
func ReadCases(r io.Reader) ([]Case, error) {
	var cases []Case
	messages := map[string][]byte{}
	var current []byte
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxCaseLine)
	number := 0
	for lines.Scan() {
		number++
		text := strings.TrimRight(lines.Text(), " \t\r")
		body := strings.TrimLeft(text, " \t")
		if body == "" || body[0] == '#' {
			continue
		}
		if len(body) < len(text) {
			if len(cases) == 0 || cases[len(cases)-1].Want != WantError {
				return nil, fmt.Errorf("line %d: an indented line must follow an err line", number)
			}
			last := &cases[len(cases)-1]
			last.Parts = append(last.Parts, body)
			continue
		}
		word, rest, _ := strings.Cut(body, " ")
		rest = strings.TrimLeft(rest, " \t")
		if word == "message" {
			name, text, _ := strings.Cut(rest, " ")
			if strings.HasPrefix(rest, "{") {
				name, text = "", rest
			}
			if text != "" {
				messages[name] = []byte(strings.TrimSpace(text))
			}
			switch current = messages[name]; {
			case current == nil:
				return nil, fmt.Errorf("line %d: message %q is not defined", number, name)
			case !json.Valid(current):
				return nil, fmt.Errorf("line %d: message %q is not JSON", number, name)
			}
			continue
		}
		c := Case{Line: number, Expr: rest, Message: current}
		switch word {
		case "yes":
			c.Want = WantYes
		case "no":
			c.Want = WantNo
		case "err":
			c.Want = WantError
		default:
			return nil, fmt.Errorf("line %d: %q is none of message, yes, no, err", number, word)
		}
		if strings.HasPrefix(rest, `"`) {
			if err := json.Unmarshal([]byte(rest), &c.Expr); err != nil {
				return nil, fmt.Errorf("line %d: read %s as JSON: %w", number, quoteExcerpt(rest), err)
			}
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", number+1, err)
	}
	return cases, nil
}
