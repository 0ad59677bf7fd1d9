// Circular buffers as text, in all the forms that scripts write.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = join(dirname(fileURLToPath(import.meta.url)), '../src/cbuf.ts');
const { outputFiles } = await build({ entryPoints: [source], bundle: true, format: 'esm', write: false });
const { parseBuffer, summary, toCSV } = await import('data:text/javascript;base64,' + Buffer.from(outputFiles[0].contents).toString('base64'));

const header = (more = '') => `{"time":1379574900,"rows":2,"columns":2,"seconds_per_row":60,"column_info":[{"name":"Requests","unit":"count","aggregation":"sum"},{"name":"Size, all","unit":"","aggregation":"sum"}]${more}}\n`;
const rows = '12075\t159901\nnan\t3\n';
const note = { x: 1379574960000, col: 1, shortText: 'A', text: 'alert' };

test('all forms are read', () => {
  const data = [[1379574900, 1379574960], [12075, null], [159901, 3]];
  for (const [what, text, want] of [
    ['plain', header() + rows, {}],
    ['a line of annotations', `{"annotations":[${JSON.stringify(note)}]}\n` + header() + rows, { annotations: [note] }],
    ['an empty list as Lua writes it', '{"annotations":{}}\n' + header() + rows, {}],
    ['a line of options', '{"options":{"stackedGraph":true,"fillGraph":true}}\n' + header() + rows, { options: { stackedGraph: true, fillGraph: true } }],
    ['both', `{"annotations":[${JSON.stringify(note)}],"options":{"fillGraph":true}}\n` + header() + rows, { annotations: [note], options: { fillGraph: true } }],
    ['annotations within the header', header(`,"annotations":[${JSON.stringify(note)}]`) + rows, { annotations: [note] }],
    ['none within the header', header(',"annotations":[]') + rows, {}],
  ]) {
    const b = parseBuffer(text);
    assert.deepEqual(b.data, data, what);
    assert.deepEqual(b.annotations, want.annotations ?? [], what);
    assert.deepEqual(b.options, want.options ?? {}, what);
    assert.equal(b.delta, false, what);
  }
  const delta = parseBuffer(header() + '1379660520\t12075\tnan\n');
  assert.deepEqual([delta.delta, delta.data], [true, [[1379660520], [12075], [null]]]);
});

test('what is no buffer is refused', () => {
  for (const text of ['', 'x', '[]', '{}', '{}\n{}', '1', '{"column_info":[]}\n', header().replace('"columns":2', '"columns":3') + rows, header().replace('60', '0')]) {
    assert.throws(() => parseBuffer(text), Error, text);
  }
});

test('rows become CSV, and columns are summed up within a range', () => {
  const b = parseBuffer(header() + rows);
  assert.equal(toCSV(b), 'time,Requests (count),"Size, all"\n2013-09-19T07:15:00.000Z,12075,159901\n2013-09-19T07:16:00.000Z,,3\n');
  assert.deepEqual(summary(b.data[0], b.data[2], -Infinity, Infinity), { last: 3, min: 3, max: 159901, avg: 79952 });
  assert.deepEqual(summary(b.data[0], b.data[2], 1379574950, Infinity), { last: 3, min: 3, max: 3, avg: 3 });
  assert.deepEqual(summary(b.data[0], b.data[1], 1379574950, Infinity), { last: null, min: null, max: null, avg: null });
});
