// src in, ../static out: index.html, one script and one style sheet of the first page, the rest loaded when needed.
// Every name but index.html holds the hash of its bytes. Same input, same bytes.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '..', 'static');
rmSync(out, { force: true, recursive: true });
mkdirSync(out, { recursive: true });

function write(name, bytes) {
  writeFileSync(join(out, name), bytes);
  console.log(`${name}  ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzip -9`);
}

function hashed(name, bytes) {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
  return name.replace('.', `-${hash}.`);
}

const build = await rolldown({
  input: { app: join(here, 'src/main.tsx') },
  cwd: here,
  transform: { target: 'es2022', define: { 'process.env.NODE_ENV': '"production"' } },
});
const { output } = await build.generate({
  format: 'es',
  comments: false,
  minify: true,
  hashCharacters: 'hex',
  entryFileNames: '[name]-[hash].js',
  chunkFileNames: '[name]-[hash].js',
});
await build.close();
for (const chunk of output) write(chunk.fileName, Buffer.from(chunk.code ?? chunk.source));

const css = Buffer.from(readFileSync(join(here, 'src/style.css'), 'utf8').replace(/\/\*[^]*?\*\//g, '').replace(/\s+/g, ' ').replace(/ ?([{};,>]) ?/g, '$1').trim());
const sheet = hashed('app.css', css);
write(sheet, css);
const icon = readFileSync(join(here, 'src/icon.svg'));
write(hashed('icon.svg', icon), icon);
const script = output.find((chunk) => chunk.isEntry).fileName;
const html = readFileSync(join(here, 'src/index.html'), 'utf8').replace('SCRIPT', script).replace('SHEET', sheet).replace('ICON', hashed('icon.svg', icon));
write('index.html', Buffer.from(html));
