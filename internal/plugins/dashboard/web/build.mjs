// Builds the pages into dist/ and holds them to their size.
import { build } from 'esbuild';
import { copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

/** The most that a browser loads, in bytes after compression. */
const limit = 150 * 1024;

for (const name of await readdir('dist')) if (name !== 'README') await rm(`dist/${name}`);
await build({
  entryPoints: ['src/app.tsx'],
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  outdir: 'dist',
  legalComments: 'none',
  logLevel: 'warning',
});
await copyFile('src/icon.svg', 'dist/icon.svg');
await copyFile('src/index.html', 'dist/index.html');

let size = 0;
for (const name of await readdir('dist')) size += gzipSync(await readFile(`dist/${name}`)).length;
if (size > limit) {
  console.error(`the pages have ${size} bytes after compression; the limit is ${limit}`);
  process.exit(1);
}
console.log(`the dashboard's pages: ${(size / 1024).toFixed(1)} KiB after compression`);
