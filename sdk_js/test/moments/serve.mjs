// One session as JSON a line comes in, the moments that the fold makes of it go out as JSON a line: the warehouse's
// property test asks both sides.
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const here = new URL('.', import.meta.url);
const build = await rolldown({ input: fileURLToPath(new URL('golden.ts', here)), platform: 'node' });
const { output } = await build.generate({ format: 'es' });
// The module finds the default rules beside itself.
const code = output[0].code.replaceAll('import.meta.url', JSON.stringify(new URL('golden.ts', here).href));
const { run } = await import('data:text/javascript,' + encodeURIComponent(code));
for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(run(JSON.parse(line)).moments));
