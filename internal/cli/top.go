package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/hekad/heka/internal/admin"
)

func newTop() *cobra.Command {
	var a adminFlags
	var once bool
	var order string
	c := &cobra.Command{
		Use:   "top",
		Short: "Watch the plugins of a running heka",
		Long: `Show the inputs, filters and outputs of a running heka with their rates, queues
and what holds others up, every second.

Columns: RATE is messages per second, ERR/S those dropped or failed; QUEUE is how
full the queue in memory is; DISK is how many messages wait in the queue on disk;
BLOCKED is which part of the time an input waited, or others waited for a filter
or output; MEMORY is what a script uses; BUSY is which part of the time a plugin
worked, P99 what 99 of 100 of its calls do not exceed, LAG how far it is behind
what is in its files, or in its queue on disk. A narrow terminal goes without the
last ones.

Keys: q ends; r sorts by rate, e by errors, f by fill, b by blocking, n by name.

On no terminal, and with --once, one table is printed.`,
		Example: `  heka top
  heka top --sort fill
  heka top --once --admin unix:/var/cache/hekad/admin.sock`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.client(c)
			if err != nil {
				return err
			}
			v := &topView{order: order}
			screen, ok := c.OutOrStdout().(*os.File)
			if once || !ok || !isTerminal(screen) {
				return v.once(c.Context(), client, c.OutOrStdout())
			}
			return v.live(c.Context(), client, screen)
		},
	}
	a.register(c)
	c.Flags().BoolVar(&once, "once", false, "print one table and end")
	choiceFlag(c, "sort", "what to sort by", &order, topOrders[0], topOrders[:]...)
	return c
}

// once prints one table. The rates need a second to be known.
func (v *topView) once(ctx context.Context, client *admin.Client, w io.Writer) error {
	seen := 0
	err := client.Events(ctx, "/api/v1/stream", nil, func(_ string, data []byte) error {
		if seen++; seen < 2 {
			return nil
		}
		var s admin.Snapshot
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		if _, err := io.WriteString(w, v.draw(&s, 0, 0)); err != nil {
			return err
		}
		return errEnough
	})
	if errors.Is(err, errEnough) || broken(err) {
		return nil
	}
	return refused(err)
}

// Control sequences of terminals, as ECMA-48 and xterm define them.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l" // alternate screen, no cursor
	leaveScreen = "\x1b[?25h\x1b[?1049l"
	home        = "\x1b[H"
	clearLine   = "\x1b[K"
	clearBelow  = "\x1b[J"
)

// live draws on a terminal until the user has seen enough.
func (v *topView) live(ctx context.Context, client *admin.Client, screen *os.File) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if term.IsTerminal(int(os.Stdin.Fd())) {
		before, err := term.MakeRaw(int(os.Stdin.Fd()))
		if err != nil {
			return failed(fmt.Errorf("set up the terminal: %w", err))
		}
		defer term.Restore(int(os.Stdin.Fd()), before)
	}
	keys := make(chan byte)
	go readKeys(os.Stdin, keys) // ends with the process
	snapshots := make(chan *admin.Snapshot)
	ended := make(chan error, 1)
	go func() {
		ended <- client.Events(ctx, "/api/v1/stream", nil, func(_ string, data []byte) error {
			s := new(admin.Snapshot)
			if err := json.Unmarshal(data, s); err != nil {
				return err
			}
			select {
			case snapshots <- s:
			case <-ctx.Done():
			}
			return ctx.Err()
		})
	}()
	var last *admin.Snapshot
	defer func() {
		if last != nil {
			io.WriteString(screen, leaveScreen)
		}
	}()
	for {
		select {
		case s := <-snapshots:
			if last == nil {
				io.WriteString(screen, enterScreen) // an error shows when the table is drawn
			}
			last = s
		case key := <-keys:
			if !v.key(key) {
				return nil
			}
		case err := <-ended:
			switch {
			case ctx.Err() != nil:
				return nil
			case errors.Is(err, io.ErrUnexpectedEOF):
				return failed(errors.New("heka has ended"))
			}
			return refused(err)
		case <-ctx.Done():
			return nil
		}
		if last == nil {
			continue
		}
		width, height, err := term.GetSize(int(screen.Fd()))
		if err != nil || width < 1 || height < 1 {
			width, height = plainWidth, 24
		}
		if _, err := io.WriteString(screen, v.frame(last, width, height)); err != nil {
			return failed(err)
		}
	}
}

func readKeys(r io.Reader, keys chan<- byte) {
	var b [1]byte
	for {
		if n, err := r.Read(b[:]); n == 0 || err != nil {
			return
		}
		keys <- b[0]
	}
}
