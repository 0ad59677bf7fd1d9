package logstreamer

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
)

// Two inputs that make streams of one name would write their positions over each
// other.
func TestNoTwoInputsKeepOnePosition(t *testing.T) {
	w := newWorld(t, nil)
	all := Plugins()
	build := func(name, match string, change func(*InputConfig)) (*Input, *feedtest.Log) {
		t.Helper()
		env, log := feedtest.Env(t, name)
		in := feedtest.Build[*Input](t, all, "LogstreamerInput", env, func(c *InputConfig) {
			c.LogDirectory, c.JournalDirectory = w.dir, w.journal
			c.FileMatch, c.Differentiator = match, []string{"N"}
			c.RescanInterval = 10 * time.Millisecond
		}, change)
		t.Cleanup(func() { in.Close() })
		return in, log
	}
	wantRefused := func(in *Input) {
		t.Helper()
		err := in.Prepare(t.Context())
		if err == nil || !strings.Contains(err.Error(), `stream "y" is followed by the input "logs" as well`) {
			t.Errorf("error %v", err)
		}
	}
	w.add("x.log", "one\n")
	w.add("y.log", "two\n")
	w.add("y.txt", "three\n")
	logs, _ := build("logs", `(?P<N>.*)\.log`, nil)
	w.must(logs.Prepare(t.Context()))

	texts, _ := build("texts", `(?P<N>.*)\.txt`, nil)
	wantRefused(texts)
	wantRefused(texts)
	elsewhere, _ := build("elsewhere", `(?P<N>.*)\.txt`, func(c *InputConfig) { c.JournalDirectory += "2" })
	w.must(elsewhere.Prepare(t.Context()))

	// When the first has ended the second may begin.
	w.must(logs.Close())
	w.must(texts.Prepare(t.Context()))

	// A stream that appears later is left out.
	odd, log := build("odd", `(?P<N>.*)\.odd`, nil)
	w.must(odd.Prepare(t.Context()))
	feed := new(feedtest.Feed)
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { ended <- odd.Run(ctx, feed) }()
	w.add("y.odd", "four\n")
	feed.Until(t, func() bool { return strings.Contains(log.String(), "followed by the input") })
	w.must(texts.Close())
	feed.WaitFor(t, 1)
	cancel()
	w.must(<-ended)
}
