package cli

import (
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
