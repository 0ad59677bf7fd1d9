package elasticsearch

import (
	"slices"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/plugins/encode"
	"github.com/hekad/heka/plugin/plugintest"
)

// TestRefusedDocumentsBecomeDeadLetters runs a pipeline, with and without a queue on
// disk: what the server refuses comes back as a dead letter, the rest is indexed,
// and the books balance.
func TestRefusedDocumentsBecomeDeadLetters(t *testing.T) {
	for _, buffered := range []string{"true", "false"} {
		s := newStub(t)
		res, err := plugintest.Run(strings.NewReplacer("URL", s.URL, "BUFFERED", buffered).Replace(`
-- heka.toml --
[TestInput]
[doc]
type = "ESJsonEncoder"
index = "i"
fields = ["Payload"]
  [doc.field_mappings]
  Payload = "do"
[search]
type = "ElasticSearchOutput"
message_matcher = "Type != 'heka.dead-letter'"
server = "URL"
encoder = "doc"
flush_count = 3
dead_letter = true
use_buffering = BUFFERED
[dead]
type = "TestOutput"
message_matcher = "Type == 'heka.dead-letter'"
-- input.quoted --
"good 1\n"
"refuse\n"
"busy\n"
"good 2\n"
"exists\n"
`), slices.Concat(Plugins(), encode.Plugins())...)
		if err != nil || res.Problems != "" || res.Error != "" {
			t.Fatalf("%v\n%s%s\n%s", err, res.Problems, res.Error, res.Log)
		}
		if got := s.indexed(); len(got) != 3 || !slices.Contains(got, `{"do":"busy\u000a"}`) {
			t.Errorf("documents %q", got)
		}
		if !strings.Contains(res.Books, "search matched=5 delivered=3") || !strings.Contains(res.Books, "dropped:refused=2") {
			t.Errorf("books:\n%s", res.Books)
		}
		for _, want := range []string{"mapper_parsing_exception", "version_conflict"} {
			if strings.Count(res.Messages, "\n") != 2 || !strings.Contains(res.Messages, want) {
				t.Errorf("dead letters lack %s:\n%s", want, res.Messages)
			}
		}
	}
}
