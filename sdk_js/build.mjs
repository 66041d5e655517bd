// sdk_js/src in, sdk_js/dist out: hetk.js (script tag), hetk.mjs (ES module), types/. Same input, same bytes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { minify } from 'terser';

const here = dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));

// What is written alike packs better than what is short: six bytes of the core.
const alike = { hoist_funs: true, sequences: false, conditionals: false };

async function bundle(input, file, format, define = {}) {
  const build = await rolldown({
    input: join(here, 'src', input),
    cwd: here,
    transform: { target: 'es2021', define: { HETK_VERSION: JSON.stringify(version), ...define } },
  });
  const { output } = await build.generate({ format, comments: false, minify: true });
  await build.close();
  const { code } = await minify(output[0].code, {
    ecma: 2021,
    module: format === 'es',
    compress: { passes: 4, unsafe_arrows: true, pure_getters: true, ...(format === 'iife' && alike) },
    mangle: { toplevel: true },
  });
  writeFileSync(join(here, 'dist', file), code);
  console.log(`${file}  ${code.length} bytes, ${gzipSync(code, { level: 9 }).length} gzip -9`);
}

/** [path, integrity] of a file as the collector serves it for good (collector/scripts.py): its name says its content. */
function address(file) {
  const code = readFileSync(join(here, 'dist', file));
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 12);
  return [`/${file.replace('.mjs', '')}-${hash}.mjs`, 'sha256-' + createHash('sha256').update(code).digest('base64')];
}

const made = ['hetk.js', 'hetk.mjs', 'types', 'intent.mjs', 'react-native.mjs', 'hetk-more.mjs', 'hetk-moments.mjs', 'hetk-intent.mjs', 'hetk-act.mjs', 'hetk-slots.mjs', 'hetk-why.mjs', 'hetk-near.mjs']; // dist/lang is written by warehouse/intent/export.py
for (const name of made) rmSync(join(here, 'dist', name), { force: true, recursive: true });
mkdirSync(join(here, 'dist'), { recursive: true });
// What the page loads lazily; each file knows the next one by its hash.
const langs = {};
for (const file of readdirSync(join(here, 'dist/lang')).sort()) {
  const lang = file.replace('.json', '');
  if (['common', 'model', 'en', 'arrivals'].includes(lang)) continue;
  const name = `hetk-lang-${lang}.mjs`;
  writeFileSync(join(here, 'dist', name), `export default ${readFileSync(join(here, 'dist/lang', file), 'utf8').trim()}`);
  langs[lang] = address(name);
}
await bundle('intent/bundle.ts', 'hetk-intent.mjs', 'es', { HETK_LANGS: JSON.stringify(langs) });
await bundle('moments/start.ts', 'hetk-moments.mjs', 'es', { HETK_INTENT: JSON.stringify(address('hetk-intent.mjs')) });
// Why something is shown, in words: the panel's languages, and the two words that every slot needs.
const whys = {}, said = {};
for (const file of readdirSync(join(here, '../collector/act/why')).sort()) {
  const lang = file.replace('.toml', '');
  const lines = readFileSync(join(here, '../collector/act/why', file), 'utf8').matchAll(/^(\w+) = (".*")$/gm);
  const words = Object.fromEntries([...lines].map(([, key, text]) => [key, JSON.parse(text)]));
  writeFileSync(join(here, 'dist', `hetk-why-${lang}.mjs`), `export default ${JSON.stringify(words)}`);
  whys[lang.toLowerCase()] = address(`hetk-why-${lang}.mjs`);
  said[lang.toLowerCase()] = [words.why, words.close];
}
await bundle('act/why.ts', 'hetk-why.mjs', 'es', { HETK_WHY_LANGS: JSON.stringify(whys) });
await bundle('act/near.ts', 'hetk-near.mjs', 'es');
await bundle('act/slots.ts', 'hetk-slots.mjs', 'es', { HETK_NEAR: JSON.stringify(address('hetk-near.mjs')), HETK_WHY: JSON.stringify(address('hetk-why.mjs')), HETK_SAID: JSON.stringify(said) });
await bundle('act/start.ts', 'hetk-act.mjs', 'es', { HETK_SLOTS: JSON.stringify(address('hetk-slots.mjs')) });
const more = { HETK_MOMENTS: JSON.stringify(address('hetk-moments.mjs')), HETK_ACT: JSON.stringify(address('hetk-act.mjs')) };
await bundle('more/index.ts', 'hetk-more.mjs', 'es', more);
const core = { HETK_MORE: JSON.stringify(address('hetk-more.mjs')) };
await bundle('script.ts', 'hetk.js', 'iife', core);
await bundle('index.ts', 'hetk.mjs', 'es', core);
await bundle('intent/index.ts', 'intent.mjs', 'es');
await bundle('native/index.ts', 'react-native.mjs', 'es');
execFileSync(join(here, 'node_modules/.bin/tsc'), ['-p', join(here, 'tsconfig.types.json')], { stdio: 'inherit' });
// Node's own resolution, which `types` must stand too, takes no names without an ending.
const types = join(here, 'dist/types');
for (const name of readdirSync(types, { recursive: true }).filter(name => name.endsWith('.d.ts'))) {
  const path = join(types, name);
  const whole = (_, before, to, quote) => `${before}${to}${existsSync(join(dirname(path), to + '.d.ts')) ? '' : '/index'}.js${quote}`;
  writeFileSync(path, readFileSync(path, 'utf8').replace(/((?:from |import |import\()["'])(\.[^"']*)(["'])/g, whole));
}
