package cli

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/queue"
)

func newBufferLs() *cobra.Command {
	return &cobra.Command{
		Use:   "ls [DIR]",
		Short: "List queues: what is in them, what waits, and for whom",
		Long: `List queues, with a line for each reader: how many records and bytes wait for it,
and how long the oldest has waited. All files are read to count the records.

The columns records and bytes are what is on disk, delivered records included.`,
		Example: "  heka buffer ls\n  heka buffer ls /var/cache/hekad/output_queue/relay",
		Args:    atMostOne("DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			all, err := findQueues(args)
			if err != nil {
				return failed(err)
			}
			t := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(t, "queue\tfiles\trecords\tbytes\treader\twaiting\tlag\toldest\tdamage")
			now := time.Now()
			for _, q := range all {
				s, err := survey(q)
				if err != nil {
					return failed(err)
				}
				s.list(t, now)
			}
			return t.Flush()
		},
	}
}

func newBufferVerify() *cobra.Command {
	return &cobra.Command{
		Use:   "verify [DIR]",
		Short: "Read queues through and report damage",
		Long: `Read every record of a queue, check its checksum, and report each damaged place
with its file and offset, and checkpoints that cannot be used.

Records that are known to be missing are reported too; they were lost by damage,
or dropped by heka buffer drop, and alone make no queue damaged.

The exit code is 1 if a queue is damaged. Damage at the very end of the newest
file is what a crash leaves; heka cuts it off at the next start.`,
		Example: "  heka buffer verify\n  heka buffer verify /var/cache/hekad/output_queue/relay",
		Args:    atMostOne("DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			all, err := findQueues(args)
			if err != nil {
				return failed(err)
			}
			code := 0
			for _, q := range all {
				s, err := survey(q)
				if err == nil && s.atEnd { // perhaps it was being written just then
					s, err = survey(q)
				}
				if err != nil {
					return failed(err)
				}
				if !s.verdict(c.OutOrStdout()) {
					code = exitNo
				}
			}
			return said(code)
		},
	}
}

// surveyed is what was found in a queue.
type surveyed struct {
	queue   storedQueue
	dir     *queue.Directory
	records uint64
	bytes   int64
	readers []surveyedReader
	damage  []damagedPlace
	damaged int64
	missing uint64
	atEnd   bool // the newest file ends in damage
}

// surveyedReader is what waits for a reader.
type surveyedReader struct {
	name    string
	from    queue.Position
	err     error // of the checkpoint
	records uint64
	bytes   int64
	oldest  time.Time
}

// damagedPlace is a run of bytes that are no record.
type damagedPlace struct {
	end   queue.Position // behind it
	bytes int64
}

// survey reads a queue through.
func survey(q storedQueue) (*surveyed, error) {
	d, err := q.look()
	if err != nil {
		return nil, err
	}
	s := &surveyed{queue: q, dir: d}
	for _, c := range d.Checkpoints {
		s.readers = append(s.readers, surveyedReader{name: c.Reader, from: c.Position, err: c.Err})
	}
	if len(s.readers) == 0 {
		s.readers = []surveyedReader{{}} // as if nothing was ever acknowledged
	}
	for _, f := range d.Segments {
		s.bytes += f.Size
		for i := range s.readers {
			s.readers[i].behind(f)
		}
	}
	err = d.Walk(queue.Position{}, func(it queue.Item) error {
		s.missing += it.Missing
		if it.Damaged > 0 {
			s.damaged += it.Damaged
			s.damage = append(s.damage, damagedPlace{it.Start, it.Damaged})
		}
		s.atEnd = it.Record.Body == nil
		if !s.atEnd {
			s.records++
			for i := range s.readers {
				s.readers[i].record(it)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q.path, err)
	}
	return s, nil
}

// behind adds the bytes of a file that the reader has not passed.
func (r *surveyedReader) behind(f queue.SegmentInfo) {
	switch {
	case r.err != nil || f.ID > r.from.Segment:
		r.bytes += f.Size
	case f.ID == r.from.Segment:
		r.bytes += max(f.Size-r.from.Offset, 0)
	}
}

// record counts a record that waits for the reader.
func (r *surveyedReader) record(it queue.Item) {
	if r.err == nil && it.Start.Compare(r.from) < 0 {
		return
	}
	if r.records == 0 {
		r.oldest = it.Record.Time
	}
	r.records++
}

// list writes the lines of ls.
func (s *surveyed) list(w io.Writer, now time.Time) {
	for i, r := range s.readers {
		head := fmt.Sprintf("%s\t%d\t%d\t%d", s.queue.name, len(s.dir.Segments), s.records, s.bytes)
		if i > 0 {
			head = "\t\t\t"
		}
		age := "-"
		if r.records > 0 && !r.oldest.IsZero() {
			age = max(now.Sub(r.oldest), 0).Round(time.Second).String()
		}
		damage := "-"
		switch {
		case r.err != nil:
			damage = "checkpoint: " + r.err.Error()
		case i == 0 && s.damaged > 0:
			damage = fmt.Sprintf("%d bytes", s.damaged)
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t%s\n", head, readerName(r.name), r.records, r.bytes, age, damage)
	}
}

// verdict writes what verify says and returns whether the queue is whole.
func (s *surveyed) verdict(w io.Writer) bool {
	whole := len(s.damage) == 0
	for _, p := range s.damage {
		fmt.Fprintf(w, "%s: %d.log: damaged at offset %d: %d bytes\n",
			s.queue.name, p.end.Segment, p.end.Offset-p.bytes, p.bytes)
	}
	for _, r := range s.readers {
		if r.err != nil {
			whole = false
			fmt.Fprintf(w, "%s: checkpoint of reader %s cannot be used: %v\n", s.queue.name, readerName(r.name), r.err)
		}
	}
	word := color.GreenString("whole")
	if !whole {
		word = color.RedString("damaged")
	}
	fmt.Fprintf(w, "%s: %s: %d records, %d bytes, %d bytes damaged, %d records missing\n",
		s.queue.name, word, s.records, s.bytes, s.damaged, s.missing)
	return whole
}
