//go:build services

package elasticsearch

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// makers make a client, which compresses or not.
var makers = map[string]string{
	"elastic": `
const { Client } = require('@elastic/elasticsearch')
const make = (node, gzip) => new Client({ node, auth: { apiKey: 'a2V5' }, compression: gzip })
const bulk = async operations => await client.bulk({ operations })
`,
	"opensearch": `
const { Client } = require('@opensearch-project/opensearch')
const make = (node, gzip) => new Client({ node, auth: { username: 'a', password: 'b' }, compression: gzip ? 'gzip' : undefined })
const bulk = async body => (await client.bulk({ body })).body
`,
}

// script uses a client: documents of all kinds through its bulk helper, which sends
// again what the server has no room for.
const script = `
const client = make(process.argv[2], process.argv[3] === 'gzip')
async function main () {
  const docs = ['ok', 'refuse', 'busy', 'ok'].map((d, i) => ({ do: d, n: String(i) }))
  const dropped = []
  const result = await client.helpers.bulk({
    datasource: docs, wait: 1, onDocument: () => ({ index: { _index: 'i' } }),
    onDrop: d => dropped.push([d.status, d.error.type, d.document.n])
  })
  const plain = await bulk([{ create: { _index: 'i' } }, { do: 'exists', n: '9' }, { delete: { _index: 'i', _id: '1' } }])
  let bad
  try { await client.bulk({ body: 'no entry\n' }) } catch (err) { bad = [err.meta.statusCode, err.meta.body.error.type] }
  console.log(JSON.stringify({ ok: result.successful, failed: result.failed, retry: result.retry > 0, dropped,
    errors: plain.errors, statuses: plain.items.map(i => Object.values(i)[0].status), bad }))
}
main().catch(err => { console.error(err); process.exit(1) })
`

// TestTheOfficialClientsAgreeWithTheStub holds the stub of these tests against the
// clients that the makers of the servers make: what it says means to all the same.
func TestTheOfficialClientsAgreeWithTheStub(t *testing.T) {
	modules, err := filepath.Abs("../../../testdata/services/node_modules")
	must(t, err)
	if _, err := os.Stat(filepath.Join(modules, "@opensearch-project")); err != nil {
		t.Fatalf("%v; run testdata/services/install", err)
	}
	for maker, client := range makers {
		file := filepath.Join(t.TempDir(), "client.js")
		must(t, os.WriteFile(file, []byte(client+script), 0o600))
		for _, mode := range []string{"plain", "gzip"} {
			t.Run(maker+" "+mode, func(t *testing.T) { useClient(t, modules, file, mode) })
		}
	}
}

func useClient(t *testing.T, modules, file, mode string) {
	s := newStub(t)
	cmd := exec.Command("node", file, s.URL, mode)
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v; run testdata/services/install\n%s", err, out)
	}
	var got struct {
		OK, Failed    int
		Retry, Errors bool
		Dropped       [][]any
		Statuses      []int
		Bad           []any
	}
	must(t, json.Unmarshal(out, &got))
	if got.OK != 3 || got.Failed != 1 || !got.Retry || len(got.Dropped) != 1 || got.Dropped[0][0] != 400.0 || got.Dropped[0][1] != "mapper_parsing_exception" {
		t.Errorf("%s: bulk helper: %s", mode, out)
	}
	if !got.Errors || !slices.Equal(got.Statuses, []int{409, 201}) || len(got.Bad) != 2 || got.Bad[0] != 400.0 {
		t.Errorf("%s: bulk: %s", mode, out)
	}
	if docs := s.indexed(); len(docs) != 3 {
		t.Errorf("%s: documents %q", mode, docs)
	}
}
