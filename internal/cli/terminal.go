package cli

import (
	"io"
	"os"
	"strconv"

	"github.com/mattn/go-isatty"
)

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// Widths of text, in columns: for files, and the most that reads well.
const (
	plainWidth = 80
	mostWidth  = 100
)

// textWidth is the number of columns for text on w: what COLUMNS says, else
// that of the terminal.
func textWidth(w io.Writer) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return min(n, mostWidth)
	}
	if f, ok := w.(*os.File); ok && isatty.IsTerminal(f.Fd()) {
		if n := columns(f); n > 0 {
			return min(n, mostWidth)
		}
	}
	return plainWidth
}
