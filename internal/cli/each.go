package cli

import (
	"bufio"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/message"
)

// eachMessage calls f for the messages of a file, or of standard input for the
// name -, until it returns an error. What is wrong with the file's records goes
// to standard error.
func eachMessage(c *cobra.Command, path string, kind recordKind, f func(*message.Message) error) error {
	src, err := openSource(c.Context(), path, c.InOrStdin())
	if err != nil {
		return err
	}
	defer src.Close()
	r := newRecords(src, kind, defaultCatMessage, newDiagnosis(c.ErrOrStderr()))
	for r.next() {
		if r.message != nil {
			if err := f(r.message); err != nil {
				return err
			}
		}
	}
	return r.err
}

// longestLine is the longest line that eachLine takes, in bytes.
const longestLine = defaultCatMessage

// eachLine calls f for the lines of a text, without their ends, until it returns
// an error.
func eachLine(src io.Reader, f func(line string) error) error {
	lines := bufio.NewScanner(src)
	lines.Buffer(nil, longestLine)
	n := 0
	for lines.Scan() {
		n++
		if err := f(lines.Text()); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("line %d: %w", n+1, err)
	}
	return nil
}
